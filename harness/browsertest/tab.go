package browsertest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Step is one thing that is done in a browser.
type Step = chromedp.Action[chromedp.Void]

// Bound is how long a page may take until it shows what is waited for.
const Bound = time.Minute

// Tab is a page in a browser, with cookies of its own, and all that it did beside
// showing itself.
type Tab struct {
	context.Context
	t  testing.TB
	mu sync.Mutex
	// complaints are errors of scripts and of the console, violations of the
	// policy among them; requests are what was asked for.
	complaints, requests []string
}

// Open opens a tab, which is closed after the test.
func Open(t testing.TB) *Tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser(t), chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	ctx, stop = context.WithTimeout(ctx, Patience)
	t.Cleanup(stop)
	s := &Tab{Context: ctx, t: t}
	if err := chromedp.Listen(ctx, s.hear); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Tab) hear(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		s.requests = append(s.requests, e.Request.URL)
	case *log.EventEntryAdded:
		s.complaints = append(s.complaints, e.Entry.Text)
	case *runtime.EventConsoleAPICalled:
		s.complaints = append(s.complaints, "console: "+string(e.Type))
	case *runtime.EventExceptionThrown:
		s.complaints = append(s.complaints, e.ExceptionDetails.Text+" "+fmt.Sprint(e.ExceptionDetails.Exception))
	}
}

// Noise is what the browser complained of, but for texts with one of the expected in
// them, and what was asked for.
func (s *Tab) Noise(expected ...string) (complaints, requests []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	complaints = slices.DeleteFunc(slices.Clone(s.complaints), func(c string) bool {
		return slices.ContainsFunc(expected, func(e string) bool { return strings.Contains(c, e) })
	})
	return complaints, slices.Clone(s.requests)
}

// Do does steps, each of which must succeed.
func (s *Tab) Do(steps ...Step) {
	s.t.Helper()
	if err := chromedp.Do(s, steps...); err != nil {
		s.t.Fatal(err)
	}
}

// Act does one thing to one element. The driver finds it first and acts then; where the
// page was renewed between the two, it is found again, as a person would.
func (s *Tab) Act(one Step) {
	s.t.Helper()
	for limit := time.Now().Add(Bound); ; time.Sleep(20 * time.Millisecond) {
		err := chromedp.Do(s, one)
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), "-32000") || time.Now().After(limit) {
			s.t.Fatal(err)
		}
	}
}

// Ask evaluates an expression in the page, with scripting on or off.
func Ask[T any](s *Tab, expression string) T {
	s.t.Helper()
	answer, err := chromedp.Run(s, chromedp.Evaluate[T](expression))
	if err != nil {
		s.t.Fatal(err)
	}
	return answer
}

// Wait waits until the page has it so.
func (s *Tab) Wait(expression string) {
	s.t.Helper()
	for limit := time.Now().Add(Bound); !Ask[bool](s, "!!("+expression+")"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(limit) {
			s.t.Fatalf("never so: %s\n%s", expression, Ask[string](s, "document.body?.innerText"))
		}
	}
}

// Says waits until a text is on the page.
func (s *Tab) Says(text string) {
	s.t.Helper()
	s.Wait(fmt.Sprintf("document.body?.innerText.includes(%q)", text))
}

// Go opens an address.
func (s *Tab) Go(address string) {
	s.t.Helper()
	s.Do(chromedp.Navigate(address))
}

// Click clicks the first element of a CSS selector.
func (s *Tab) Click(selector string) {
	s.t.Helper()
	s.Act(chromedp.Click(chromedp.CSS(selector)))
}

// Write types into it.
func (s *Tab) Write(selector, text string) {
	s.t.Helper()
	s.Act(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Screen gives the page so many CSS pixels.
func Screen(width, height int64) Step { return chromedp.EmulateViewport(width, height) }

// NoScript turns the scripts of the page off; what the test itself asks still runs.
func NoScript() Step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

// Theme says what the reader prefers: light or dark.
func Theme(name string) Step {
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
}

// Keep writes a picture of what is shown.
func (s *Tab) Keep(file string) {
	s.t.Helper()
	png, err := chromedp.Run(s, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(file, png, 0o644)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// NoCookies forgets all cookies: whoever was logged in is not any more.
func NoCookies() Step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.ClearBrowserCookies, cdp.Empty{})
		return err
	})
}
