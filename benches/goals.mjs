// What is to be reached, and whether it is.

const ratio = (value) => `${value.toFixed(2)} ×`;
const times = (value) => `${value.toFixed(1)} ×`;
const milliseconds = (value) => `${value.toFixed(1)} ms`;
const kibibytes = (value) => `${value.toLocaleString("en-US")} KiB`;
const counts = ([discovery, token, statuses]) => `${discovery} discovery, ${token} token, ${statuses.toLocaleString("en-US")} statuses`;

const GOALS = [
  { id: "cached-token", measure: "a cached token, calls a second, against plain JavaScript", atLeast: 0.45, format: ratio },
  { id: "own-work", measure: "own work for a status call (fetch stubbed), time against plain JavaScript", atMost: 2, format: ratio },
  { id: "loopback-one-by-one", measure: "status calls over loopback, one after another, against openid-client", atLeast: 0.85, format: ratio },
  { id: "loopback-64", measure: "status calls over loopback, 64 under way, against openid-client", atLeast: 0.85, format: ratio },
  { id: "bulk-one-by-one", measure: "10,000 users by the bulk call, against the Python class one by one", atLeast: 50, format: times },
  { id: "bulk-64-tasks", measure: "10,000 users by the bulk call, against the Python class with 64 tasks", atLeast: 50, format: times },
  { id: "all-users", measure: "500 users where Astrolabe lists them in one answer, against asking one by one", atLeast: 10, format: times },
  { id: "worker-start", measure: "first request of a fresh Worker, above plain JavaScript", atMost: 10, format: milliseconds },
  { id: "memory", measure: "linear memory after 100,000 calls, 1,000 under way", atMost: 1024, format: kibibytes },
  { id: "component-own-work", measure: "own work for a status call of the component by jco, time against the npm package", atMost: 15, format: ratio },
  { id: "requests", measure: "requests for 10,000 users started cold", format: counts },
];

function judge({ measure, atLeast, atMost, format }, found) {
  if (found.requests) {
    const reached = found.requests.every((count, route) => count === found.expected[route]);
    return { measure, value: format(found.requests), goal: format(found.expected), reached };
  }
  const { median, middleHalf, isFlat } = found;
  const spread = middleHalf && ` (${middleHalf.map((value) => format(value).split(" ")[0]).join(" to ")})`;
  const growth = isFlat === undefined ? "" : isFlat ? ", flat" : ", growing";
  // How much of the goal is reached: 1 is the goal, and more is better. What costs nothing reaches all there is.
  const share = atLeast !== undefined ? median / atLeast : median > 0 ? atMost / median : Infinity;
  return {
    measure,
    value: format(median) + (spread ?? growth),
    goal: atLeast !== undefined ? `${atLeast} × or more` : `${format(atMost).replace(".00", "")} or less${isFlat === undefined ? "" : ", flat"}`,
    reached: share >= 1 && isFlat !== false,
    share,
  };
}

/** One row for each goal. @param {{ id: string }[]} found what the measures found */
export const judgeAll = (found) => GOALS.map((goal) => ({ id: goal.id, ...judge(goal, found.find(({ id }) => id === goal.id)) }));
