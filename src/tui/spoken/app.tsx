/** What Ink writes for a screen reader: lines that stay as they were said, and the one that is typed in. */
import { Box, Static, Text, useInput } from 'ink';
import { type ReactElement, useSyncExternalStore } from 'react';
import { type Pressed, pressed } from '../keys/key-name.ts';
import type { Spoken } from './speech.ts';

export interface SpokenAppProps {
  readonly subscribe: (listener: () => void) => () => void;
  readonly spoken: () => Spoken;
  readonly onPress: (key: Pressed) => void;
}

export function SpokenApp({ subscribe, spoken, onPress }: SpokenAppProps): ReactElement {
  const { part, lines, prompt } = useSyncExternalStore(subscribe, spoken);
  useInput((input, key) => {
    for (const what of pressed(input, key)) onPress(what);
  });
  return (
    <Box flexDirection="column">
      <Static key={part} items={[...lines]}>
        {(text, at) => <Text key={at}>{text}</Text>}
      </Static>
      <Text>{prompt}</Text>
    </Box>
  );
}
