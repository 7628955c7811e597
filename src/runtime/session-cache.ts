/**
 * The sessions of a network by their sizes. Each holds its own packed weights, so that a server of
 * images of all sizes would run out of memory: of the sizes that runs came by only the last few stay.
 */
import type { Session } from "./session.ts";

/** How many stay of those that nobody prepared. */
const RECENT_SESSIONS = 8;

/** Until the network is closed, or while its sizes are among those that ran last. */
export type Stay = "kept" | "recent";

export class SessionCache {
  readonly #kept = new Map<string, Session>();
  /** The one that was used last is the last. */
  readonly #recent = new Map<string, Session>();

  /** @param key the sizes, as one text */
  get(key: string): Session | undefined {
    return this.#kept.get(key) ?? this.#recent.get(key);
  }

  /** At every use. A session that somebody holds is never let go. */
  put(key: string, session: Session, stay: Stay): void {
    this.#recent.delete(key);
    if (stay === "kept" || this.#kept.has(key)) this.#kept.set(key, session);
    else this.#recent.set(key, session);
    if (this.#recent.size <= RECENT_SESSIONS) return;
    const [[oldest, unused]] = this.#recent;
    this.#recent.delete(oldest);
    unused.close();
  }

  close(): void {
    for (const sessions of [this.#kept, this.#recent]) {
      for (const session of sessions.values()) session.close();
      sessions.clear();
    }
  }
}
