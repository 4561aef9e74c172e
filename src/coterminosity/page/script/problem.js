/** What went wrong, in one sentence for the person in front of the page. */

export class Problem extends Error {}
