// These are tests of a user's agents: they know nothing of the configuration of greenroom's own tests.
export default { test: { include: ['*.test.js'] } };
