package docker

import (
	"archive/tar"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"maildrill/harness/docker/servers"
)

func TestPackBringsItsDirectories(t *testing.T) {
	archive, err := pack(map[string]servers.File{
		"/etc/postfix/maps/vmailbox": {Content: []byte("x"), Mode: 0o600},
		"/etc/hosts.drill":           {Content: []byte("yy")},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := tar.NewReader(archive); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, h.FileInfo().Mode().String()+" "+h.Name)
	}
	want := []string{
		"drwxr-xr-x etc/postfix/", "drwxr-xr-x etc/postfix/maps/",
		"-rw-r--r-- etc/hosts.drill", "-rw------- etc/postfix/maps/vmailbox",
	}
	if !slices.Equal(got, want) {
		t.Errorf("archive = %q, want %q", got, want)
	}
}

func TestUnstampGoesOnWhereItEnded(t *testing.T) {
	in := "2026-01-02T03:04:05.000000001Z first line\n2026-01-02T03:04:05.000000002Z second\n(no stamp)\n"
	var out strings.Builder
	since := unstamp(strings.NewReader(in), &out, time.Time{})
	if out.String() != "first line\nsecond\n(no stamp)\n" {
		t.Errorf("log = %q", out.String())
	}
	if want := time.Date(2026, 1, 2, 3, 4, 5, 3, time.UTC); !since.Equal(want) {
		t.Errorf("since = %v, want %v", since, want)
	}
}

func TestParseEnvelopes(t *testing.T) {
	got, err := parseEnvelopes([]byte("A1 <> u1@drill.test connect timed out\n\nA2 <b.x@bounce.test> u2@drill.test\n"))
	if err != nil || len(got) != 2 || got[0].Sender != "" || got[0].Reason != "connect timed out" ||
		got[1].Sender != "b.x@bounce.test" || got[1].Recipient != "u2@drill.test" {
		t.Errorf("envelopes = %+v, %v", got, err)
	}
	if _, err := parseEnvelopes([]byte("A1 only-a-sender\n")); err == nil {
		t.Error("half an envelope was accepted")
	}
}

func TestWatcherDeliversOneErrorAndEnds(t *testing.T) {
	w := newWatcher()
	first := errors.New("first")
	w.report(first)
	w.report(errors.New("second"))
	w.close()
	w.close()
	w.report(errors.New("late"))
	if err := <-w.broken; !errors.Is(err, first) {
		t.Errorf("broken = %v, want the first", err)
	}
	if err, open := <-w.broken; open {
		t.Errorf("broken delivers %v after its only error", err)
	}
}

func TestPulledFindsTheErrorAtTheEnd(t *testing.T) {
	if err := pulled(strings.NewReader(`{"status":"Pulling"}` + "\n" + `{"status":"done"}`)); err != nil {
		t.Errorf("a pull that went well = %v", err)
	}
	for _, stream := range []string{`{"status":"Pulling"} {"error":"manifest unknown"}`, `{"status":`} {
		if err := pulled(strings.NewReader(stream)); err == nil {
			t.Errorf("%s was taken for a success", stream)
		}
	}
}
