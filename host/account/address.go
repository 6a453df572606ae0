package account

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// AddressClaim is a user's postal address: an object (OpenID Connect Core 5.1.1).
const AddressClaim = "address"

func addressMembers() []string {
	return []string{"formatted", "street_address", "locality", "region", "postal_code", "country"}
}

// Address is the postal address among a user's claims, with the members that the standard
// has: the operator's own stay with the operator. Without any, or where what stands there is
// none, it is empty.
func Address(claims map[string]any) map[string]any {
	all, _ := claims[AddressClaim].(map[string]any)
	address := map[string]any{}
	for _, name := range addressMembers() {
		if text, ok := all[name].(string); ok && text != "" {
			address[name] = text
		}
	}
	return address
}

// CheckAddress says what keeps a claim address from being one; nil where there is none.
func CheckAddress(claims map[string]any) error {
	value, ok := claims[AddressClaim]
	if !ok {
		return nil
	}
	all, ok := value.(map[string]any)
	if !ok {
		return errors.New(`address must be an object, such as {"street_address": "Main Street 1", "locality": "Bern"}`)
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if _, isText := all[name].(string); !isText && slices.Contains(addressMembers(), name) {
			return fmt.Errorf("%s of address must be a text", name)
		}
	}
	return nil
}
