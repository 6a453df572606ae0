// Package expr is the expressions of journeys: CEL over what a run knows.
//
// An expression is compiled once, when a release is built, against the members
// that schema.go lists, so that a misspelt member is an error of the
// configuration and not of somebody's login. Evaluating one is pure and bounded:
// CEL has no loops, its cost is limited, and so is the size of its result.
//
// What an author of expressions should know:
//
//   - vars and claims hold JSON, so that every number in them is a double: write
//     vars.tries + 1.0.
//   - A variable that nobody wrote is an error, never an empty string. has(vars.x)
//     asks first. An absent request member is null, and null does not add to a string.
//   - now is the time of the call; string(now) is RFC 3339.
//   - Mosaic's @policy.getInteractionParameters().acrValues means acr.current.
package expr
