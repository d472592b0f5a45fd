/**
 * What Ink runs: the keys on their way to the view, and a screen whenever there is another one. Ink puts a frame together
 * cell by cell, and on a large terminal that takes it longer than all else together: a screen goes to the terminal
 * past it, and only what is read aloud is laid out by Ink.
 */
import { useInput } from 'ink';
import { useLayoutEffect, useSyncExternalStore } from 'react';
import { type Pressed, pressed } from '../keys/key-name.ts';
import type { Region } from './region.ts';

export interface AppProps {
  readonly subscribe: (listener: () => void) => () => void;
  readonly screen: () => readonly Region[];
  readonly draw: (screen: readonly Region[]) => void;
  readonly onPress: (key: Pressed) => void;
}

export function App({ subscribe, screen, draw, onPress }: AppProps): null {
  const regions = useSyncExternalStore(subscribe, screen);
  useInput((input, key) => {
    for (const what of pressed(input, key)) onPress(what);
  });
  useLayoutEffect(() => draw(regions), [draw, regions]);
  return null;
}
