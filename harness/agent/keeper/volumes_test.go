package keeper

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"maildrill/faults"
)

// shelf is a node whose volume is a folder of the test's, and its server is the
// test.
type shelf struct {
	*testing.T
	node
	world *world
	dir   string
}

func newShelf(t *testing.T) shelf {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: a device is made by root only")
	}
	dir, device := t.TempDir(), filepath.Join(t.TempDir(), "device")
	var on unix.Stat_t
	if err := unix.Stat(dir, &on); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mknod(device, unix.S_IFBLK|0o600, int(on.Dev)); err != nil {
		t.Fatal(err)
	}
	w := &world{running: map[string]bool{"c": true}, paused: map[string]bool{}, pid: os.Getpid()}
	n := node{Node: Node{Container: "c", Disks: map[string]string{"mail": dir}}, name: "store1", run: "r", engine: w, kernel: w,
		disks: &disks{devices: map[string]string{Image("r", "store1", "mail"): device}}}
	return shelf{t, n, w, dir}
}

// has tells whether a file of the volume is there, and its content.
func (s shelf) has(path string) (string, bool) {
	s.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, path))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.Fatal(err)
	}
	return string(text), err == nil
}

func (s shelf) write(path, text string) {
	s.Helper()
	path = filepath.Join(s.dir, path)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		s.Fatal(err)
	}
}

// until waits for a condition.
func (s shelf) until(what string, is func() bool) {
	s.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.Fatalf("%s does not come", what)
		}
	}
}

func ruleOf(t *testing.T, id string, m faults.Mechanism, spec any, ttl time.Duration) faults.Rule {
	t.Helper()
	r, err := faults.NewRule(id, m, spec, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// stand counts the rules that are read back.
func (s shelf) stand(m mechanism) int {
	s.Helper()
	found, err := m.rules(s.Context(), s.node)
	if err != nil {
		s.Fatal(err)
	}
	return len(found)
}

// spacious is a rule that takes no room: there is never so much.
var spacious = faults.DiskSpec{Volume: "mail", Do: faults.DiskFill, Free: 1 << 60}

func TestADiskRuleIsTakenBack(t *testing.T) {
	s, v := newShelf(t), newVolumes()
	ours := ".maildrill-fill"
	for _, ttl := range []time.Duration{time.Minute, 50 * time.Millisecond} {
		for range 2 {
			if err := v.put(t.Context(), s.node, ruleOf(t, "fill", faults.Disks, spacious, ttl)); err != nil {
				t.Fatal(err)
			}
		}
		if ttl == time.Minute {
			if _, there := s.has(ours); !there || s.stand(v) != 1 {
				t.Errorf("in the volume: %v; %d rules stand", there, s.stand(v))
			}
			if err := v.take(t.Context(), s.node, "fill"); err != nil {
				t.Fatal(err)
			}
		}
		s.until("the end of the rule", func() bool { _, there := s.has(ours); return !there && s.stand(v) == 0 })
	}
}

// A mount that is away is kept, however often it is to be taken away: it could not
// be put back if it were let go.
func TestAMountThatIsAwayIsKept(t *testing.T) {
	s := newShelf(t)
	kept, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	s.Disks["mail"] = "/proc" // on another device, as is what lies beneath
	r := &volumeRule{spec: faults.DiskSpec{Volume: "mail", Do: faults.DiskUnmount}, kept: kept, pid: os.Getpid()}
	if err := s.unmount(t.Context(), r); err != nil || r.kept != kept {
		t.Errorf("unmounted again: %v, kept %v", err, r.kept)
	}
	if _, err := kept.Stat(); err != nil {
		t.Errorf("it was let go: %v", err)
	}
}

// A node that was frozen to save a volume, and could not be thawed, is thawed when
// the rule is taken.
func TestASavedNodeGoesOn(t *testing.T) {
	s, v := newShelf(t), newVolumes()
	s.world.paused["c"] = true
	rule := ruleOf(t, "saved", faults.Disks, faults.DiskSpec{Volume: "mail", Do: faults.DiskSave}, time.Hour)
	r := &volumeRule{Rule: rule, spec: faults.DiskSpec{Do: faults.DiskSave}, node: "store1", frozen: true}
	r.timer = expire(v, s.node, rule)
	v.list = append(v.list, r)
	for _, failing := range []string{"unpause c", ""} {
		s.world.failing = failing
		if err := v.take(t.Context(), s.node, "saved"); (err != nil) != (failing != "") {
			t.Errorf("%q failed, and the rule is taken: %v", failing, err)
		}
	}
	if got := s.world.deeds(); len(got) != 2 || got[1] != "unpause c" {
		t.Errorf("deeds %q", got)
	}
}

// A rule that was put again lasts from then on.
func TestRulesAreProlonged(t *testing.T) {
	s := newShelf(t)
	s.write("a", "a")
	for m, spec := range map[mechanism]any{
		newVolumes():    spacious,
		belongingsOf(t): faults.FileSpec{Volume: "mail", Do: faults.FileDelete, Path: "a"},
	} {
		for _, ttl := range []time.Duration{time.Minute, time.Hour} {
			if err := m.put(t.Context(), s.node, ruleOf(t, "r", "any", spec, ttl)); err != nil {
				t.Fatal(err)
			}
		}
		if found, err := m.rules(t.Context(), s.node); err != nil || len(found) != 1 || found[0].Left < 30*time.Minute {
			t.Errorf("read back %+v, %v", found, err)
		}
		if err := m.take(t.Context(), s.node, "r"); err != nil {
			t.Error(err)
		}
	}
}

func TestDiskRulesThatCannotBe(t *testing.T) {
	s, v := newShelf(t), newVolumes()
	for want, spec := range map[string]faults.DiskSpec{
		"is not a disk of its own": {Volume: "../mail", Do: faults.DiskFill}, `nobody knows how to "melt"`: {Volume: "mail", Do: "melt"},
	} {
		if err := v.put(t.Context(), s.node, ruleOf(t, "r", faults.Disks, spec, time.Minute)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", spec, err, want)
		}
		if n := s.stand(v); n != 0 {
			t.Errorf("%d rules stand", n)
		}
		v = newVolumes()
	}
	if err := errors.Join(v.take(t.Context(), s.node, "unknown"), v.take(t.Context(), node{name: "other"}, "r")); err != nil {
		t.Errorf("what does not stand was taken: %v", err)
	}
	s.Disks["mail"] = "/proc"
	if err := v.put(t.Context(), s.node, ruleOf(t, "r", faults.Disks, spacious, time.Minute)); err == nil || !strings.Contains(err.Error(), "is not on") {
		t.Errorf("a folder of another device: %v", err)
	}
}

func belongingsOf(t *testing.T) *belongings {
	b := newBelongings()
	b.folder = t.TempDir()
	return b
}

func TestAFileRuleIsTakenBack(t *testing.T) {
	s := newShelf(t)
	b := belongingsOf(t)
	s.write("u1/Maildir/new/1", "one")
	s.write("u1/Maildir/new/2", "two")
	for do, spec := range map[faults.FileDo]faults.FileSpec{
		faults.FileDelete:  {Path: "u1"},
		faults.FileLock:    {Rate: 100},
		faults.FileCorrupt: {What: "message", Files: 2, Bytes: 2},
	} {
		for _, ttl := range []time.Duration{time.Hour, 400 * time.Millisecond} {
			spec.Volume, spec.Do = "mail", do
			if err := b.put(t.Context(), s.node, ruleOf(t, "r", faults.Files, spec, ttl)); err != nil {
				t.Fatal(err)
			}
			if ttl == time.Hour {
				s.until("harm by "+string(do), func() bool {
					one, _ := s.has("u1/Maildir/new/1")
					two, _ := s.has("u1/Maildir/new/2")
					return one != "one" && two != "two" && s.stand(b) == 1
				})
				if err := b.take(t.Context(), s.node, "r"); err != nil {
					t.Fatal(err)
				}
			}
			s.until("the end of "+string(do), func() bool { return s.stand(b) == 0 })
			one, _ := s.has("u1/Maildir/new/1")
			two, _ := s.has("u1/Maildir/new/2")
			if one != "one" || two != "two" {
				t.Errorf("after %s for %v: %q and %q", do, ttl, one, two)
			}
			if left, err := os.ReadDir(filepath.Join(b.folder, "store1")); err != nil || len(left) > 0 {
				t.Errorf("after %s: %v is kept, %v", do, left, err)
			}
		}
	}
}

// Of lasting harm nothing is put back, and nothing is kept.
func TestALastingFileRuleStaysDone(t *testing.T) {
	s := newShelf(t)
	b := belongingsOf(t)
	for do, spec := range map[faults.FileDo]faults.FileSpec{
		faults.FileDelete:  {Path: "cur"},
		faults.FileLock:    {Rate: 100},
		faults.FileCorrupt: {What: "message", Files: 1, Bytes: 3},
	} {
		s.write("cur/1", "message")
		spec.Volume, spec.Do, spec.Lasting = "mail", do, true
		if err := b.put(t.Context(), s.node, ruleOf(t, "r", faults.Files, spec, time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := b.take(t.Context(), s.node, "r"); err != nil {
			t.Fatal(err)
		}
		if text, _ := s.has("cur/1"); text == "message" {
			t.Errorf("%s was taken back", do)
		}
		if left, err := os.ReadDir(filepath.Join(b.folder, "store1")); s.stand(b) != 0 || err != nil || len(left) > 0 {
			t.Errorf("after %s: %v is kept, %v", do, left, err)
		}
	}
}

// What was changed once must not be kept as if it were the original.
func TestAFileRuleThatIsPutTwiceChangesOnce(t *testing.T) {
	s := newShelf(t)
	b := belongingsOf(t)
	s.write("cur/1", "message")
	r := ruleOf(t, "r", faults.Files, faults.FileSpec{Volume: "mail", Do: faults.FileCorrupt, What: "message", Files: 1, Bytes: 3}, time.Hour)
	for range 2 {
		if err := b.put(t.Context(), s.node, r); err != nil {
			t.Fatal(err)
		}
	}
	if text, _ := s.has("cur/1"); text == "message" {
		t.Error("it is whole under the rule")
	}
	if err := b.take(t.Context(), s.node, "r"); err != nil {
		t.Fatal(err)
	}
	if text, _ := s.has("cur/1"); text != "message" {
		t.Errorf("afterwards it is %q", text)
	}
}

// Nothing leads out of the volume: no path, and no link that a server has made.
func TestPathsThatLeadOutOfTheVolume(t *testing.T) {
	s := newShelf(t)
	outside := filepath.Join(t.TempDir(), "outside")
	if err := errors.Join(os.MkdirAll(outside, 0o700), os.WriteFile(filepath.Join(outside, "cur"), []byte("kept"), 0o600),
		os.Symlink(outside, filepath.Join(s.dir, "link"))); err != nil {
		t.Fatal(err)
	}
	up, err := filepath.Rel(s.dir, outside)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{up, "../" + filepath.Base(s.dir), outside, "link/cur", "/etc/passwd", "..", "nobody"} {
		for _, do := range []faults.FileDo{faults.FileDelete, faults.FileOwn} {
			b := belongingsOf(t)
			spec := faults.FileSpec{Volume: "mail", Do: do, Path: path, Owner: 12345, Group: 12345, Mode: 0}
			if err := b.put(t.Context(), s.node, ruleOf(t, "r", faults.Files, spec, time.Hour)); err == nil {
				t.Errorf("%s %q was done", do, path)
			}
			if err := b.take(t.Context(), s.node, "r"); err != nil {
				t.Errorf("%s %q was not taken back: %v", do, path, err)
			}
		}
	}
	info, err := os.Stat(filepath.Join(outside, "cur"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("outside the volume: %v, %v", info, err)
	}
}

func TestFileRulesThatCannotBe(t *testing.T) {
	s := newShelf(t)
	for want, spec := range map[string]faults.FileSpec{
		"is not a disk of its own": {Volume: "x", Do: faults.FileDelete, Path: "a"}, `nobody knows how to "melt"`: {Volume: "mail", Do: "melt"},
		"let mail come first": {Volume: "mail", Do: faults.FileCorrupt, What: "message", Files: 1}, "of the sort": {Volume: "mail", Do: faults.FileCorrupt, What: "x"},
		"there is no file": {Volume: "mail", Do: faults.FileLock, Rate: 1},
	} {
		b := belongingsOf(t)
		if err := b.put(t.Context(), s.node, ruleOf(t, "r", faults.Files, spec, time.Minute)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", spec, err, want)
		}
		if n := s.stand(b); n != 0 {
			t.Errorf("%d rules stand", n)
		}
	}
	if err := belongingsOf(t).take(t.Context(), s.node, "unknown"); err != nil {
		t.Errorf("what does not stand was taken: %v", err)
	}
}

// The id of a rule names files of the keeper's: it must not lead elsewhere.
func TestIdsThatAreNoNames(t *testing.T) {
	c, _ := kept(t, up())
	for _, id := range []string{"", ".", "..", "../r", "a/b", "/etc", "a/../b"} {
		for _, m := range []faults.Mechanism{faults.Files, faults.Disks, faults.Packets} {
			err := c.Node("mx1").Put(t.Context(), ruleOf(t, id, m, faults.PacketSpec{}, time.Minute))
			if err == nil || !strings.Contains(err.Error(), "name of a file") {
				t.Errorf("%q of %s: %v", id, m, err)
			}
		}
	}
}
