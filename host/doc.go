// Package host puts acrhost together: Open turns a configuration into one
// http.Handler with the whole provider behind it. It can be embedded in another
// Go program; the command acrhost is such a program.
//
// What happens where:
//
//	a request comes in at oidc, becomes a run of a journey (driven by login),
//	whose steps are modules run by plugin, which ask for things through
//	capability; what they decide about assurance follows the rules in acr;
//	what comes out is minted by token.
//
// Which modules are loaded at all is decided in trust.go, by what is pinned and who
// signed it; what a module is while it lies in a file or a registry is package artifact.
package host
