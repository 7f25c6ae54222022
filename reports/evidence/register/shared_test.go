package register_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maildrill/reports/evidence/evidencetest"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
)

// TestMain lets the test binary be a process that appends.
func TestMain(m *testing.M) {
	if os.Getenv("REGISTER_APPENDER") == "" {
		os.Exit(m.Run())
	}
	if err := appender(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Two processes that append many leaves each at the same time: no leaf is lost, none
// comes twice, and there is one register. A push takes git some twenty processes, so
// that fewer have to do unless everything is wanted.
func TestTwoProcessesShareARegister(t *testing.T) {
	pushes := 10
	if os.Getenv("MAILDRILL_TEST_FULL") != "" {
		pushes = 50
	}
	for name, c := range map[string]struct {
		where func(*testing.T) string
		each  int
	}{
		"folder": {func(t *testing.T) string { return filepath.Join(t.TempDir(), "register") }, 50},
		"branch": {func(t *testing.T) string { return "git+" + repository(t) + "#drills/register" }, pushes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, line, err := keys.Generate(evidencetest.Origin)
			must(t, err)
			at, each := c.where(t), c.each
			evidencetest.Register(t, at, key)
			var running []*exec.Cmd
			places := map[string]bool{}
			said := make(chan string, 2*each)
			for _, who := range []string{"one", "two"} {
				cmd, lines := spawn(t, line, at, who, each)
				running = append(running, cmd)
				go func() {
					for range each {
						if !lines.Scan() {
							break
						}
						said <- lines.Text()
					}
					said <- ""
				}()
			}
			for ended := 0; ended < 2; {
				if index := <-said; index == "" {
					ended++
				} else if places[index] {
					t.Errorf("two runs have leaf %s", index)
				} else {
					places[index] = true
				}
			}
			for _, cmd := range running {
				if err := cmd.Wait(); err != nil {
					t.Error(err)
				}
			}
			v, err := register.Read(t.Context(), at, key.Public())
			must(t, err)
			if len(v.Defects) > 0 || v.Size() != int64(2*each) || len(places) != 2*each || len(v.Runs(time.Now())) != 2*each {
				t.Errorf("%d leaves, %d places, %v", v.Size(), len(places), v.Defects)
			}
		})
	}
}

// repository is an empty one that others push to.
func repository(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("SKIPPED: there is no git")
	}
	dir := filepath.Join(t.TempDir(), "drills.git")
	git(t, "init", "--quiet", "--bare", dir)
	return dir
}

func git(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func TestARegisterOnABranch(t *testing.T) {
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	repo, key := repository(t), evidencetest.Key(t)
	where := "git+" + repo + "#drills"
	r, err := register.Open(where, key)
	must(t, err)
	if _, err := r.Start(t.Context(), "a", evidencetest.Start()); err == nil || !strings.Contains(err.Error(), "there is no register on "+where) {
		t.Errorf("before it was begun: %v", err)
	}
	must(t, r.Init(t.Context()))
	_, err = r.Start(t.Context(), "a", evidencetest.Start())
	must(t, err)
	proof, err := r.Close(t.Context(), "a", register.Close{})
	must(t, err)
	if _, _, c, err := register.ReadProof(proof.Marshal(), key.Public()); err != nil || c.Size != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	if got := git(t, "-C", repo, "log", "--format=%an %s", "drills"); got != "maildrill register: leaf 1, close of a\nmaildrill register: leaf 0, start of a\nmaildrill register: begun\n" {
		t.Errorf("commits:\n%s", got)
	}
	if err := r.Init(t.Context()); err == nil {
		t.Error("begun twice")
	}
}

// Other files of the branch stay, and somebody's force is seen.
func TestABranchThatWasRewrittenIsRefused(t *testing.T) {
	repo, key := repository(t), evidencetest.Key(t)
	where := "git+" + repo + "#drills"
	r := evidencetest.Register(t, where, key)
	for _, id := range []string{"a", "b"} {
		_, err := r.Start(t.Context(), id, evidencetest.Start())
		must(t, err)
	}
	work := filepath.Join(t.TempDir(), "work")
	git(t, "clone", "--quiet", "-b", "drills", repo, work)
	commit := func(message string) {
		git(t, "-C", work, "add", "-A")
		git(t, "-C", work, "-c", "user.name=x", "-c", "user.email=x@example.test", "commit", "--quiet", "-m", message)
		git(t, "-C", work, "push", "--quiet", "origin", "drills")
	}
	must(t, os.WriteFile(filepath.Join(work, "README.md"), []byte("the register\n"), 0o644))
	commit("a word to readers")
	_, err := r.Start(t.Context(), "c", evidencetest.Start())
	must(t, err)
	git(t, "-C", work, "pull", "--quiet")
	if !exists(filepath.Join(work, "README.md")) {
		t.Error("the other file is gone")
	}
	lines := strings.SplitAfter(string(read(t, filepath.Join(work, register.LeavesFile))), "\n")
	must(t, os.WriteFile(filepath.Join(work, register.LeavesFile), []byte(lines[0]+lines[2]), 0o644))
	commit("one run less")
	if _, err := r.Start(t.Context(), "d", evidencetest.Start()); err == nil || !strings.Contains(err.Error(), "run c): it says that it is leaf 2, and leaf 1 should stand here") {
		t.Errorf("a leaf less: %v", err)
	}
}

func TestABranchThatCannotBeReached(t *testing.T) {
	key := evidencetest.Key(t)
	for _, where := range []string{"git+" + filepath.Join(t.TempDir(), "nothing.git") + "#drills", "git+ext::sh -c true#drills"} {
		r, err := register.Open(where, key)
		must(t, err)
		if _, err := r.Start(t.Context(), "a", evidencetest.Start()); err == nil || !strings.Contains(err.Error(), "cannot be reached") {
			t.Errorf("%s: %v", where, err)
		}
	}
	for _, where := range []string{"git+/srv/x.git", "git+#x", "git+--upload-pack=x#b", "git+/srv/x#../up", "git+/srv/x#a b", "git+/srv/x#-f", "git+/srv/x#a..b", "git+/srv/x#a@{1}", ""} {
		if _, err := register.Open(where, key); err == nil {
			t.Errorf("%q was taken", where)
		}
	}
	r, err := register.Open("git+https://user:hunter2@git.example.test/drills.git#x", key)
	must(t, err)
	if strings.Contains(r.Where(), "hunter2") {
		t.Errorf("the password shows: %s", r.Where())
	}
}

// No process that is started gets the key.
func TestGitDoesNotGetTheKey(t *testing.T) {
	key, line, err := keys.Generate(evidencetest.Origin)
	must(t, err)
	t.Setenv(keys.Variable, line)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\nexport -p >> "+dir+"/seen\nexit 1\n"), 0o755))
	t.Setenv("PATH", dir)
	r, err := register.Open("git+/srv/nothing#x", key)
	must(t, err)
	_, err = r.View(t.Context())
	seen := string(read(t, filepath.Join(dir, "seen")))
	if err == nil || !strings.Contains(seen, "GIT_TERMINAL_PROMPT") || strings.Contains(seen, "PRIVATE+KEY") {
		t.Errorf("%v: git has seen\n%s", err, seen)
	}
}
