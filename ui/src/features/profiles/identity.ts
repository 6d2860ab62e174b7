// Who a profile is, short: the role or user that STS told, else the kind of its credentials. Pure.

import type { Profile } from "$/gen/api";
import { m } from "$/gen/messages";

/** `Operator` of `assumed-role/Operator/demo`. */
export const roleOf = (p: Profile): string => p.identity?.replace(/^assumed-role\//, "").split("/")[0] ?? m.profile.kind[p.kind]();
