package oidc

import (
	"context"
	"errors"
	"strings"
)

// request are the parameters of an authorization request, in whatever they came.
type request struct {
	params
	pushed bool // by RFC 9126
	signed bool // by RFC 9101
	// Of a request that waited here: its request_uri, which is a secret, and its id.
	uri, ticket string
}

// unpack gives the parameters that count. A fault that the client may be told is an
// *Error; any other error is for a page and the log.
func (p *Provider) unpack(ctx context.Context, c *client, q params) (request, error) {
	switch uri := q.get("request_uri"); {
	case uri != "" && q.has("request"):
		return request{}, invalidRequest("The parameters request and request_uri exclude each other.") // OpenID Connect Core 6
	case strings.HasPrefix(uri, pushedPrefix):
		return p.pulled(ctx, c, uri)
	case uri != "":
		object, err := p.fetchObject(ctx, c, uri)
		if err != nil {
			return request{}, err
		}
		return p.requestObject(ctx, c, object)
	case q.has("request"):
		return p.requestObject(ctx, c, q.get("request"))
	}
	return request{params: q}, nil
}

// errPushedGone is a reference to a pushed request that means nothing (any more). Nobody
// knows whose redirect URI would be right: it is for a page.
var errPushedGone = mistaken("The request that it refers to is unknown here, has expired or was answered already (request_uri).",
	errors.New("the request_uri is unknown, has expired, was answered before, or is another client's"))
