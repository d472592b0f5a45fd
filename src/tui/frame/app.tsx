/** What Ink draws: the regions of the screen where the layout has put them, and the keys on their way to the view. */
import { Box, Text, useInput } from 'ink';
import { memo, type ReactElement, useSyncExternalStore } from 'react';
import { type Pressed, pressed } from '../keys/key-name.ts';
import type { Region } from './compose.ts';

export interface AppProps {
  readonly subscribe: (listener: () => void) => () => void;
  readonly screen: () => readonly Region[];
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly onPress: (key: Pressed) => void;
}

export function App({ subscribe, screen, size, onPress }: AppProps): ReactElement {
  const regions = useSyncExternalStore(subscribe, screen);
  useInput((input, key) => {
    for (const what of pressed(input, key)) onPress(what);
  });
  const { columns, rows } = size();
  // One row less than the terminal has: a frame of full height scrolls in some of them.
  return (
    <Box width={columns} height={Math.max(1, rows - 1)} overflow="hidden">
      {regions.map((region) => (
        <Place key={region.id} region={region} />
      ))}
    </Box>
  );
}

const Place = memo(
  ({ region: { rect, text } }: { readonly region: Region }): ReactElement => (
    <Box position="absolute" marginLeft={rect.x} marginTop={rect.y} width={rect.width} height={rect.height}>
      <Text wrap="truncate">{text}</Text>
    </Box>
  ),
  (before, after) =>
    before.region.text === after.region.text &&
    before.region.rect.x === after.region.rect.x &&
    before.region.rect.y === after.region.rect.y &&
    before.region.rect.width === after.region.rect.width &&
    before.region.rect.height === after.region.rect.height,
);
