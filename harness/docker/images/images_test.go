package images

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/harness/topology"
)

func TestRef(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range Kinds() {
		ref, ok := Ref(kind)
		if !ok || seen[ref] || strings.ContainsAny(ref, "+ ") || !strings.HasPrefix(ref, "maildrill/") {
			t.Errorf("ref of %s = %s, %v", kind, ref, ok)
		}
		seen[ref] = true
	}
	if _, ok := Ref("sendmail"); ok {
		t.Error("sendmail has an image")
	}
	plain, _ := Ref("postfix")
	same, _ := Ref("postfix:bookworm")
	later, ok := Ref("postfix:trixie")
	if !ok || plain != same || plain == later {
		t.Errorf("of releases: %s, %s, %s", plain, same, later)
	}
	if _, ok := Ref("postfix:sarge"); ok {
		t.Error("there is an image of any release")
	}
}

func TestFollow(t *testing.T) {
	const stream = `{"stream":"Step 1/2 : FROM x"}{"stream":" ---> 1\n"}{"stream":"Step 2/2 : RUN apt-get install nothing\n"}
{"stream":"E: Unable to locate package nothing\n"}{"errorDetail":{"code":100},"error":"returned a non-zero code: 100"}`
	var told []string
	err := follow(strings.NewReader(stream), func(s string) { told = append(told, s) })
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"Step 2/2", "apt-get install nothing", "code: 100", "Unable to locate"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
	if len(told) != 2 || told[0] != "Step 1/2 : FROM x" {
		t.Errorf("told %q", told)
	}
	if err := follow(strings.NewReader(`{"stream":"Step`), func(string) {}); err == nil {
		t.Error("a stream that is cut short is no error")
	}
	if err := follow(strings.NewReader(`{"error":"no such image"}`), nil); err == nil || err.Error() != "no such image" {
		t.Errorf("error = %v", err)
	}
}

// compile builds a small program, static unless flags say otherwise.
func compile(t *testing.T, env ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	source, path := filepath.Join(dir, "main.go"), filepath.Join(dir, "agent")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-o", path, source)
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64"), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestRunnable(t *testing.T) {
	static := compile(t)
	if err := runnable(static, "amd64"); err != nil {
		t.Errorf("a static program: %v", err)
	}
	for want, err := range map[string]error{
		"GOARCH=arm64":  runnable(static, "arm64"),
		"GOOS=linux":    runnable([]byte("#!/bin/sh\n"), "amd64"),
		"CGO_ENABLED=0": runnable(interpreted(static), "amd64"),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want advice %s", err, want)
		}
	}
}

// interpreted makes the first program header of a 64-bit program ask for a
// dynamic linker (PT_INTERP, 3).
func interpreted(static []byte) []byte {
	dynamic := bytes.Clone(static)
	const firstHeader = 64
	dynamic[firstHeader] = 3
	return dynamic
}

// saved is what an engine would write for one image, with its lock.
func saved(t *testing.T) (engine *bytes.Buffer, l lock) {
	t.Helper()
	digest := strings.Repeat("ab", 32)
	manifest, err := json.Marshal([]map[string]any{{"Config": "blobs/sha256/" + digest, "RepoTags": []string{"maildrill/x:1"}}})
	if err != nil {
		t.Fatal(err)
	}
	engine, err = archive(map[string][]byte{"manifest.json": manifest}, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(engine.Bytes())
	return engine, lock{Images: map[string]string{"maildrill/x:1": "sha256:" + digest}, SHA256: hex.EncodeToString(sum[:])}
}

// bundled is an archive as Save writes it.
func bundled(t *testing.T, change func(engine []byte, l *lock)) *bytes.Buffer {
	t.Helper()
	engine, l := saved(t)
	if change != nil {
		change(engine.Bytes(), &l)
	}
	copied, _, err := keep(engine)
	if err != nil {
		t.Fatal(err)
	}
	defer discard(copied)
	var out bytes.Buffer
	if err := bundle(&out, copied, l); err != nil {
		t.Fatal(err)
	}
	return &out
}

func TestUnbundle(t *testing.T) {
	copied, l, err := unbundle(bundled(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer discard(copied)
	if head, err := tar.NewReader(copied).Next(); err != nil || head.Name != "manifest.json" || len(l.Images) != 1 {
		t.Errorf("unpacked = %+v, %v, lock %+v", head, err, l)
	}
}

func TestUnbundleRefuses(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for want, change := range map[string]func([]byte, *lock){
		"sha256:00 ": func(_ []byte, l *lock) { l.Images["maildrill/x:1"] = "sha256:00 " },
		"is missing": func(_ []byte, l *lock) { l.Images["maildrill/y:1"] = "sha256:00" },
		"SHA-256":    func(engine []byte, _ *lock) { engine[len(engine)-1]++ },
		"no image":   func(_ []byte, l *lock) { l.Images = nil },
	} {
		if _, _, err := unbundle(bundled(t, change)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want %q", err, want)
		}
	}
	whole := bundled(t, nil).Bytes()
	for _, broken := range [][]byte{nil, []byte("hello"), whole[:len(whole)/2]} {
		if _, _, err := unbundle(bytes.NewReader(broken)); err == nil {
			t.Errorf("%d bytes are taken for an archive", len(broken))
		}
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestAMissingImageSaysWhatHelps: the remedy fits the cause. An engine that
// answers need not be started, and a simulated system is no image.
func TestAMissingImageSaysWhatHelps(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	none := bootstrap(t.Context(), nil, bookworm, func(string) {})
	for _, c := range []struct {
		err          error
		says, remedy string
	}{
		{none, "mmdebstrap, which makes it, is missing", "apt-get install mmdebstrap"},
		{errors.New("Unable to locate package"), "Unable to locate package", "deb.debian.org"},
		{context.Canceled, "canceled", ""},
	} {
		err := explain(fmt.Errorf("image of postfix: %w", c.err))
		var u *topology.Unavailable
		switch {
		case !errors.As(err, &u) || !errors.Is(err, topology.ErrUnavailable):
			t.Errorf("%v: not unavailable", err)
		case !strings.Contains(err.Error(), c.says) || strings.Count(err.Error(), topology.ErrUnavailable.Error()) != 1:
			t.Errorf("error %q lacks %q, or is wrapped twice", err, c.says)
		case !strings.Contains(u.Remedy, c.remedy) || (c.remedy == "") != (u.Remedy == ""):
			t.Errorf("%v: remedy %q, want one with %q", err, u.Remedy, c.remedy)
		case strings.Contains(u.Remedy, "embedded") || strings.Contains(u.Remedy, "start a"):
			t.Errorf("%v: remedy %q is for an engine that does not answer", err, u.Remedy)
		}
	}
}

// The key of a cache changes with any recipe.
func TestKey(t *testing.T) {
	before := Key()
	if len(before) != 24 || Key() != before {
		t.Errorf("key %q, then %q", before, Key())
	}
	kept := packages["haproxy"]
	packages["haproxy"] = append([]string{"socat"}, kept...)
	defer func() { packages["haproxy"] = kept }()
	if Key() == before {
		t.Error("a changed recipe gave the same key")
	}
}
