package consent

// Asked is what a client asks a user for.
type Asked struct {
	Scope []string
	// Claims are asked for one by one, by name (OpenID Connect Core 5.5).
	Claims []string
	// Details says that there are authorization details (RFC 9396). Each is about one thing,
	// such as one payment: nobody allows them for good.
	Details bool
}
