package abi

// Factor is a kind of factor: something the user knows, has or is.
type Factor int

// The kinds. NoFactor is that of a value which speaks of none.
const (
	NoFactor Factor = iota
	Knows
	Has
	Is
)

// FactorOf says which kind of factor an amr value of RFC 8176 section 2 speaks of.
// geo, mca, rba, user and wia speak of none, and neither does an unknown value.
// Evidence of two kinds is mfa.
func FactorOf(amr string) Factor {
	switch amr {
	case "pwd", "pin", "kba":
		return Knows
	case "otp", "sms", "tel", "hwk", "swk", "sc", "pop":
		return Has
	case "face", "fpt", "iris", "retina", "vbm":
		return Is
	}
	return NoFactor
}
