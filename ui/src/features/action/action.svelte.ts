// One action, from plan to outcome: the plan as read live, the choice, what was typed, and the record once it acts.
// The plan is read again at each choice, so that the calls shown are exactly those that would be made; nothing is ever
// taken from the cache, and the backend reads once more right before the call.

import type { ActionView, ApiError, Plan, Verb, VerbOptions } from "$/gen/api";
import { host, toApiError } from "$/platform";

export class Action {
  plan = $state.raw<Plan | undefined>();
  error = $state.raw<ApiError | undefined>();
  reading = $state(false);
  acting = $state(false);
  target = $state<string | null>(null);
  reason = $state("");
  typed = $state("");
  options = $state<Partial<VerbOptions>>({});
  /** The action, once the backend took it on. */
  started = $state.raw<ActionView | undefined>();
  private turn = 0;

  constructor(
    readonly verb: Verb,
    readonly profile: string,
    /** A target that the user chose before the plan was opened. */
    target: string | null = null,
  ) {
    this.target = target;
    if (verb.id === "retry") this.options = { mode: "failed" };
    if (verb.id === "stop") this.options = { abandon: false };
  }

  private get asked() {
    return { verb: this.verb.id, id: this.verb.on, profile: this.profile, to: this.target, options: this.full() };
  }

  private full(): VerbOptions {
    const comment = this.verb.id === "approve" || this.verb.id === "reject" ? this.reason.trim() || null : null;
    return { mode: null, abandon: null, revisions: {}, variables: {}, skip: [], drift_aware: null, ...this.options, comment };
  }

  /** Reads the plan live. A late answer to an earlier choice is dropped. */
  async read(): Promise<void> {
    const turn = ++this.turn;
    this.reading = true;
    try {
      const plan = await host().call("plan", this.asked);
      if (turn !== this.turn) return;
      this.plan = plan;
      this.error = undefined;
    } catch (thrown) {
      if (turn === this.turn) this.error = toApiError(thrown);
    } finally {
      if (turn === this.turn) this.reading = false;
    }
  }

  choose(target: string): void {
    this.target = target;
    void this.read();
  }

  /** What is still missing before it can run; empty if nothing. */
  get ready(): boolean {
    const { plan } = this;
    if (!plan || plan.blocked || this.acting || this.reason.trim() === "") return false;
    const choosing = this.verb.has_targets || plan.targets.length > 0;
    if (choosing && !plan.targets.some((t) => t.id === this.target && t.valid)) return false;
    return plan.confirm.level !== "type" || this.typed === plan.confirm.text;
  }

  /** Acts, once: a second press while the first is under way does nothing. */
  async act(): Promise<void> {
    const { plan } = this;
    if (!plan || !this.ready) return;
    this.acting = true;
    const confirm = plan.confirm.level === "type" ? this.typed : "yes";
    try {
      this.started = await host().call("act", { ...this.asked, reason: this.reason.trim(), confirm, expect: plan.state });
      this.error = undefined;
    } catch (thrown) {
      this.error = toApiError(thrown);
    } finally {
      this.acting = false;
    }
  }

  /** A new plan after a refusal: what was typed to confirm is asked for again. */
  renew(): void {
    this.error = undefined;
    this.typed = "";
    void this.read();
  }
}
