package plugin

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// probe makes two instances, with other randomness and at another time, and compares
// what they are after their start. If they are the same, and neither asked for
// randomness or the time, nothing that a call may rely on being its own is drawn at the
// start: an instance may be restored. The image that instances are restored to comes
// with it.
//
// Comparing alone isn't enough: of one bit of randomness, or the day of the week, two
// instances may well keep the same.
func (m *Module) probe(ctx context.Context) (Safety, *image) {
	s := Safety{EntropyBytes: -1}
	first, fault := m.specimen(ctx, func(*invocation) {})
	if fault != nil {
		s.Why = "can't be started: " + fault.Error()
		return s, nil
	}
	defer first.close()
	second, fault := m.specimen(ctx, elsewhere)
	if fault != nil {
		s.Why = "can't be started twice: " + fault.Error()
		return s, nil
	}
	defer second.close()
	s.Start = min(first.took, second.took)
	if !m.code.tracks {
		return s, nil
	}
	return m.judge(s, first.drew || second.drew, newImage(first.instance), newImage(second.instance))
}

// elsewhere makes everything different that a guest can learn while it starts.
func elsewhere(in *invocation) {
	in.skew = 1000*time.Hour + time.Millisecond
	noise := rand.NewChaCha8([32]byte{1}) // to compare, not to be secret
	in.noise = func(b []byte) { _, _ = noise.Read(b) }
}

// specimen is an instance that was made to be looked at.
type specimen struct {
	*instance
	took time.Duration // to start it
	drew bool          // it asked for randomness or the time meanwhile
}

// specimen makes an instance and initialises it, as a call would.
func (m *Module) specimen(ctx context.Context, change func(*invocation)) (specimen, *Error) {
	in := m.newPatient(ctx)
	change(in)
	in.begin()
	if fault := m.take(in); fault != nil {
		return specimen{}, fault
	}
	defer in.turn.give()
	i, fault := m.start(in)
	return specimen{i, in.elapsed(), in.drew}, fault
}

// judge decides from two images, and whether something was drawn, whether instances may
// be restored, to the first.
func (m *Module) judge(s Safety, drew bool, first, second *image) (Safety, *image) {
	s.EntropyBytes = first.differs(second)
	second.close()
	switch {
	case s.EntropyBytes == 0 && !drew:
		s.Restore, s.Why = true, "two instances are the same after their start, and asked for neither randomness nor the time"
	case m.spec.SnapshotSafe:
		s.Restore, s.Why = true, fmt.Sprintf("two instances differ in %d bytes after their start, but the operator says snapshot_safe", s.EntropyBytes)
	case m.manifest.SnapshotSafe:
		s.Restore, s.Why = true, fmt.Sprintf("two instances differ in %d bytes after their start, but its manifest says snapshot_safe", s.EntropyBytes)
	default:
		s.Why = fmt.Sprintf("draws randomness or the time while it starts (two instances differ in %d bytes), which every call would share", s.EntropyBytes)
		first.close()
		return s, nil
	}
	return s, first
}
