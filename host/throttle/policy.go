package throttle

import (
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// Kind is what is tried. Kinds have limits and counters of their own: a phone
// that was sent many codes does not keep its owner from using a password.
type Kind string

// The kinds of attempts.
const (
	Password Kind = "password"
	Code     Kind = "code"      // one-time codes, authenticator apps, recovery codes
	Event    Kind = "event"     // failures that are only told, and never refused
	Identify Kind = "identify"  // asking whether a user name is known
	UserCode Kind = "user_code" // the codes that devices show (RFC 8628 5.1); counted by address alone
	Send     Kind = "send"      // sending an SMS or an e-mail; the place gets it back (GiveBack) when the code in it was entered
)

// Defaults of Config.
const (
	DefaultFree    = 5
	DefaultLongest = time.Hour
)

// Config is what a Throttle is built from. All of it is required but Free and
// Longest.
type Config struct {
	Artifacts store.Artifacts
	Sealer    *store.Sealer // keys the ids of records
	Now       func() time.Time
	// Free is how many failures on an account, from one place, make nobody wait; 0:
	// DefaultFree. The other limits are multiples of it.
	Free int
	// Longest is the longest wait; 0: DefaultLongest. It is also the time in which one
	// failure is forgiven, so that it bounds how many guesses a patient attacker has.
	Longest time.Duration
}

// The multiples of Config.Free.
const (
	runTimes     = 2  // a run may be about several accounts
	accountTimes = 4  // so many addresses are needed to slow down a whole account
	addressTimes = 20 // an office or a mobile network shares an address
	codeTimes    = 2  // nobody types in many codes of devices
)

// policy are the limits of one kind.
type policy struct {
	place   limit // an account from one address, or in one browser that it knows
	account limit // an account from everywhere else
	address limit // everything from one address
	run     limit // one run; zero: not counted by run
}

// policyOf is the policy of a kind. Sending costs money and disturbs people, so
// its waits begin longer; but honest use is counted too, so it is forgiven sooner.
// Runs have bounds of their own for it, in host/capability.
func (c Config) policyOf(k Kind) policy {
	one := limit{free: c.Free, first: time.Second, longest: c.Longest, forgive: c.Longest}
	if k == Send {
		one.first, one.forgive = time.Minute, min(10*time.Minute, c.Longest)
	}
	p := policy{place: one, account: one.times(accountTimes), address: one.times(addressTimes)}
	p.address.forgive = min(time.Minute, one.forgive)
	switch k {
	case Send:
	case UserCode: // there is neither an account nor a run
		p.address.free = c.Free * codeTimes
	default:
		p.run = one.times(runTimes)
	}
	return p
}

func (l limit) times(n int) limit {
	l.free *= n
	return l
}
