// Package detailtext writes authorization details (RFC 9396) for people to read.
package detailtext
