package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// policy hears what the browser says of pages that break their
// Content-Security-Policy.
type policy struct {
	mu     sync.Mutex
	broken []string
}

// hearPolicy listens from now on.
func hearPolicy(t *testing.T, ctx context.Context) *policy {
	t.Helper()
	p := &policy{}
	act(t, ctx, chromedp.Navigate("about:blank"))
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	act(t, ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, audits.Enable, cdp.Empty{})
		return err
	}))
	return p
}

func (p *policy) hear(event any) {
	issue, ok := event.(*audits.EventIssueAdded)
	if !ok || issue.Issue == nil || issue.Issue.Details == nil || issue.Issue.Details.ContentSecurityPolicyIssueDetails == nil {
		return
	}
	d := issue.Issue.Details.ContentSecurityPolicyIssueDetails
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = append(p.broken, fmt.Sprintf("%s (%s)", d.ViolatedDirective, d.ContentSecurityPolicyViolationType))
}

// heard is what was heard since the last time.
func (p *policy) heard() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	heard := p.broken
	p.broken = nil
	return heard
}

// await waits until something is heard.
func (p *policy) await() []string {
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		if heard := p.heard(); len(heard) > 0 {
			return heard
		}
	}
	return nil
}

// kept fails the test when a page has broken its policy.
func (p *policy) kept(t *testing.T) {
	t.Helper()
	if heard := p.heard(); len(heard) > 0 {
		t.Errorf("the policy forbids what a page does: %q", heard)
	}
}
