package account

// Canonical reads a PHC string and writes it again, for the fuzz target.
func Canonical(text string) (string, error) {
	h, err := parseHash(text)
	return h.String(), err
}
