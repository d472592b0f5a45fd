import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Machine } from '../../src/engine/machine.ts';
import { canTransition, type EngineState, STATES } from '../../src/engine/state.ts';

/** The graph of the control document, as it stands there. */
const GRAPH = `
graph TD
A[IDLE] --> B[INITIALIZING]
A --> C[SCANNING]
A --> D[STOPPED]
A --> E[ERROR]
B --> C[SCANNING]
B --> E[ERROR]
B --> F[EMERGENCY]
B --> D[STOPPED]
C --> G[LEVEL_BUILDING]
C --> H[MANAGING]
C --> I[PAUSED]
C --> E[ERROR]
C --> F[EMERGENCY]
C --> D[STOPPED]
G --> J[SIGNAL_WAIT]
G --> C[SCANNING]
G --> E[ERROR]
G --> F[EMERGENCY]
G --> D[STOPPED]
J --> K[SIZING]
J --> H[MANAGING]
J --> C[SCANNING]
J --> I[PAUSED]
J --> E[ERROR]
J --> F[EMERGENCY]
J --> D[STOPPED]
K --> L[EXECUTION]
K --> C[SCANNING]
K --> E[ERROR]
K --> F[EMERGENCY]
K --> D[STOPPED]
L --> H[MANAGING]
L --> C[SCANNING]
L --> E[ERROR]
L --> F[EMERGENCY]
L --> D[STOPPED]
H --> C[SCANNING]
H --> H[MANAGING]
H --> I[PAUSED]
H --> E[ERROR]
H --> F[EMERGENCY]
H --> D[STOPPED]
I --> C[SCANNING]
I --> H[MANAGING]
I --> A[IDLE]
I --> E[ERROR]
I --> F[EMERGENCY]
I --> D[STOPPED]
E --> C[SCANNING]
E --> H[MANAGING]
E --> A[IDLE]
E --> F[EMERGENCY]
E --> D[STOPPED]
F --> D[STOPPED]
F --> A[IDLE]
D --> A[IDLE]
D --> B[INITIALIZING]
`;

function parse(graph: string): { states: Set<string>; edges: Set<string> } {
  const names = new Map<string, string>();
  for (const [, letter = '', name = ''] of graph.matchAll(/\b([A-L])\[([A-Z_]+)\]/g)) names.set(letter, name);
  const edges = new Set<string>();
  for (const [, from = '', to = ''] of graph.matchAll(/^([A-L])(?:\[[A-Z_]+\])? --> ([A-L])\[/gm)) {
    edges.add(`${names.get(from)} -> ${names.get(to)}`);
  }
  return { states: new Set(names.values()), edges };
}

const { states, edges } = parse(GRAPH);

/** Shortest way from IDLE, so that a machine can be brought into each state by legal steps alone. */
function wayTo(target: EngineState): EngineState[] {
  const ways: EngineState[][] = [['IDLE']];
  for (const way of ways) {
    const last = way.at(-1);
    if (last === target) return way.slice(1);
    for (const next of STATES) {
      if (edges.has(`${last} -> ${next}`) && !way.includes(next)) ways.push([...way, next]);
    }
  }
  throw new Error(`${target} cannot be reached`);
}

it('an operator sees exactly the twelve documented states', () => {
  assert.equal(edges.size, 57);
  assert.deepEqual(new Set<string>(STATES), states);
});

it('all 144 pairs of states: exactly the documented transitions are allowed', () => {
  let pairs = 0;
  for (const from of STATES) {
    for (const to of STATES) {
      pairs++;
      assert.equal(canTransition(from, to), edges.has(`${from} -> ${to}`), `${from} -> ${to}`);
    }
  }
  assert.equal(pairs, 144);
});

it('all 144 pairs: a machine makes a documented transition, and throws on any other without moving', () => {
  for (const from of STATES) {
    for (const to of STATES) {
      const seen: string[] = [];
      const machine = new Machine((t) => seen.push(`${t.from} -> ${t.to}`));
      for (const [i, state] of wayTo(from).entries()) machine.go(state, i, 'on the way');
      seen.length = 0;
      if (edges.has(`${from} -> ${to}`)) {
        machine.go(to, 99, 'why', 'who');
        assert.equal(machine.state, to);
        assert.deepEqual(seen, [`${from} -> ${to}`]);
        const last = machine.history(0, 100).at(-1);
        assert.deepEqual(
          { ...last, seq: 0 },
          { seq: 0, at: 99, from, to, reason: 'why', by: 'who' },
          'recorded with time, reason and who asked',
        );
      } else {
        assert.throws(() => machine.go(to, 99, 'why'), new RegExp(`${from}.*${to}`));
        assert.equal(machine.state, from);
        assert.deepEqual(seen, []);
      }
    }
  }
});
