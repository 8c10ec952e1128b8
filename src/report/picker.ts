/** Prompts that choose from a list: typing filters, the arrow keys move, Enter chooses. */

import { InterruptedError } from "../domain/interrupted.ts";
import type { Key, Prompt, ScreenSize } from "../domain/prompt.ts";
import { escapeInvisible } from "../text/visible.ts";
import { escapeControls } from "./error.ts";
import { displayWidth, fitWidth, graphemes, padWidth } from "./width.ts";

export interface Choice {
  readonly value: string;
  /** Shown next to the value, and searched, too. */
  readonly note: string;
}

/** The largest fraction of a line's columns that names may take. The rest is for the notes. */
const MAX_NAME_FRACTION = 0.5;

const INVERSE = "\u001b[7m";
const RESET = "\u001b[0m";

/**
 * @param title the text before the query.
 * @param chosen the value that is selected at first.
 */
export function picker(title: string, choices: readonly Choice[], chosen: string | undefined): Prompt<string> {
  const list = filteredList(title, choices, chosen);
  return {
    draw: (size) => list.draw(size),
    press(key) {
      if (!("name" in key && key.name === "enter")) return list.press(key);
      const choice = list.selected();
      return choice === undefined ? undefined : { result: choice.value };
    },
  };
}

/**
 * A prompt that chooses several: Tab marks, Ctrl-A marks or unmarks all that match, Enter chooses what is marked or,
 * if nothing is, the selected one.
 *
 * @param title the text before the query.
 */
export function multiPicker<T extends Choice>(title: string, choices: readonly T[]): Prompt<readonly T[]> {
  const marked = new Set<T>();
  const list = filteredList(title, choices, undefined, marked);
  return {
    draw: (size) => list.draw(size),
    press(key) {
      switch ("name" in key ? key.name : undefined) {
        case "enter": {
          const selected = list.selected();
          if (marked.size > 0) return { result: choices.filter((choice) => marked.has(choice)) };
          return selected === undefined ? undefined : { result: [selected] };
        }
        case "tab": {
          const selected = list.selected();
          if (selected === undefined) return undefined;
          if (!marked.delete(selected)) marked.add(selected);
          return list.press({ name: "down" });
        }
        case "select-all": {
          const matches = list.matches();
          const isMarked = matches.every((choice) => marked.has(choice));
          for (const choice of matches) {
            if (isMarked) marked.delete(choice);
            else marked.add(choice);
          }
          return undefined;
        }
        default:
          return list.press(key);
      }
    },
  };
}

interface FilteredList<T> {
  draw(size: ScreenSize): readonly string[];
  /** Handles a key that edits the query, moves or cancels. */
  press(key: Key): undefined;
  selected(): T | undefined;
  matches(): readonly T[];
}

/** @param marked the choices that are shown with a mark; undefined if none can be marked. */
function filteredList<T extends Choice>(
  title: string,
  choices: readonly T[],
  chosen: string | undefined,
  marked?: ReadonlySet<T>,
): FilteredList<T> {
  let query = "";
  let matches = choices;
  let selected = Math.max(
    0,
    choices.findIndex(({ value }) => value === chosen),
  );
  let top = 0;
  let page = 1;

  const filter = (text: string) => {
    query = text;
    matches = matching(choices, query);
    selected = 0;
  };
  const move = (to: number) => {
    selected = Math.max(0, Math.min(matches.length - 1, to));
  };
  const mark = (choice: T) => (marked === undefined ? "" : marked.has(choice) ? "* " : "  ");

  return {
    selected: () => matches[selected],
    matches: () => matches,
    draw({ columns, rows }) {
      page = Math.max(1, rows - 1);
      top = Math.max(Math.min(top, selected), selected - page + 1);
      const nameColumns = columnsForNames(choices, columns);
      const lines = matches
        .slice(top, top + page)
        .map((choice, i) => choiceLine(choice, mark(choice), top + i === selected, nameColumns, columns));
      const count = `${marked === undefined ? "" : `${marked.size} marked, `}${matches.length}/${choices.length}`;
      return [headLine(title, query, count, columns), ...lines].slice(0, rows);
    },
    press(key) {
      if ("text" in key) {
        filter(query + key.text);
        return undefined;
      }
      switch (key.name) {
        case "escape":
        case "interrupt":
        case "end-of-input":
          throw new InterruptedError();
        case "backspace":
          filter(graphemes(query).slice(0, -1).join(""));
          break;
        case "delete-word":
          filter(query.replace(/\S*\s*$/, ""));
          break;
        case "delete-line":
          filter("");
          break;
        // The terminal handles `suspend`; the others belong to prompts of another kind.
        case "suspend":
        case "enter":
        case "tab":
        case "select-all":
          break;
        default:
          move(destination(key.name, selected, page, matches.length));
      }
      return undefined;
    },
  };
}

function destination(
  key: "up" | "down" | "page-up" | "page-down" | "home" | "end",
  selected: number,
  page: number,
  count: number,
): number {
  switch (key) {
    case "up":
      return selected - 1;
    case "down":
      return selected + 1;
    case "page-up":
      return selected - page;
    case "page-down":
      return selected + page;
    case "home":
      return 0;
    case "end":
      return count - 1;
  }
}

/**
 * The choices that contain every word of the query in name or note, in any case. Names that start with the first word
 * come first, then names that contain it.
 */
function matching<T extends Choice>(choices: readonly T[], query: string): readonly T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const [first = ""] = words;
  const rank = ({ value }: Choice) => {
    const position = value.toLowerCase().indexOf(first);
    return position === 0 ? 0 : position > 0 ? 1 : 2;
  };
  return choices
    .filter(({ value, note }) => words.every((word) => `${value} ${note}`.toLowerCase().includes(word)))
    .map((choice) => ({ choice, rank: rank(choice) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ choice }) => choice);
}

function columnsForNames(choices: readonly Choice[], columns: number): number {
  const longest = Math.max(...choices.map(({ value }) => displayWidth(escapeInvisible(value))));
  return Math.min(longest, Math.floor(columns * MAX_NAME_FRACTION));
}

/** The query and the count of matches. If there is no room, the count is left out and the query is cut at its start. */
function headLine(title: string, query: string, count: string, columns: number): string {
  const typed = `${title}: ${oneLine(query)}█`;
  const room = columns - displayWidth(typed) - displayWidth(count) - 1;
  if (room >= 0) return `${typed}${" ".repeat(room + 1)}${count}`;
  let tail = graphemes(typed);
  while (displayWidth(tail.join("")) > columns) tail = tail.slice(1);
  return tail.join("");
}

function choiceLine(
  { value, note }: Choice,
  mark: string,
  isSelected: boolean,
  nameColumns: number,
  columns: number,
): string {
  const arrow = isSelected ? "> " : "  ";
  const name = oneLine(value);
  const text =
    columns - nameColumns < 12
      ? fitWidth(`${arrow}${mark}${name}`, columns)
      : fitWidth(`${arrow}${mark}${padWidth(name, nameColumns)}  ${oneLine(note)}`.trimEnd(), columns);
  return isSelected ? `${INVERSE}${text}${RESET}` : text;
}

/** Replaces tabs, whose width depends on the column, by spaces. */
function oneLine(text: string): string {
  return escapeControls(text).replaceAll("\t", " ");
}
