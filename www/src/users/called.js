import { visible } from "./visible.js";

/** A user's name and id, as far as there is a name that says more. */
export const calledOf = ({ userId, displayName }) => (displayName === null || displayName === userId ? visible(userId) : `${visible(displayName)} (${visible(userId)})`);
