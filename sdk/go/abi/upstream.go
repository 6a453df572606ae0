package abi

// The errors of UpstreamFinished that no provider sends.
const (
	UpstreamInvalid  = "invalid_answer" // a check of the answer failed
	UpstreamTooOld   = "too_old"        // the login there is older than was asked for
	UpstreamUnlinked = "unlinked"       // no local user belongs to it, or another than the run's
)
