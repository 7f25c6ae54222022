// Package browsertest shows pages in a real browser to tests, and does with them
// what a person would. Without a Chromium its tests are skipped aloud; with
// MAILDRILL_TEST_BROWSER=1 they fail.
package browsertest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Patience bounds what a browser on a busy machine may take.
const Patience = 4 * time.Minute

// path finds a Chromium.
func path() string {
	for _, name := range []string{os.Getenv("CHROME"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	return ""
}

// started is the one browser of all tests of a package. What it leaves behind is in
// a folder that goes with it.
var started = sync.OnceValues(func() (context.Context, error) {
	folder, err := os.MkdirTemp("", "maildrill-browser-")
	if err != nil {
		return nil, err
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path()), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(Patience), chromedp.Env("TMPDIR="+folder))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx)
	end = func() error {
		err := chromedp.Cancel(ctx)
		stop()
		return errors.Join(err, os.RemoveAll(folder))
	}
	return ctx, chromedp.Do(ctx)
})

var end = func() error { return nil }

// Stop ends the browser, if a test has started it.
func Stop() {
	if err := end(); err != nil {
		fmt.Fprintln(os.Stderr, "stop the browser:", err)
	}
}

// Main runs the tests of a package, and stops the browser after them.
func Main(m *testing.M) {
	flag.Parse()
	code := m.Run()
	Stop()
	os.Exit(code)
}

// browser is there for a test, or the test is skipped.
func browser(t testing.TB) context.Context {
	t.Helper()
	if path() == "" {
		const missing = "no Chromium: install chromium, or name one in CHROME"
		if os.Getenv("MAILDRILL_TEST_BROWSER") == "1" {
			t.Fatal(missing)
		}
		t.Skip("SKIPPED: " + missing)
	}
	ctx, err := started()
	if err != nil {
		t.Fatalf("start %s: %v", path(), err)
	}
	return ctx
}
