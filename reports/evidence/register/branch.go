package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"maildrill/reports/evidence/keys"
)

// branch is a register on a branch of a git repository: every append is a commit,
// pushed without force. The other side takes one push at a time, and only one that
// follows from what it has, so that there is no fork.
type branch struct{ url, name string }

func newBranch(where string) (*branch, error) {
	url, name, ok := strings.Cut(where, "#")
	if !ok || url == "" || name == "" {
		return nil, fmt.Errorf("a register in git is git+URL#BRANCH, and %q names no branch or no repository", redacted(where))
	}
	if strings.HasPrefix(url, "-") || !branchName(name) {
		return nil, fmt.Errorf("%q is no repository with a branch", redacted(where))
	}
	if local(url) { // git works in a folder of its own
		var err error
		if url, err = filepath.Abs(url); err != nil {
			return nil, fmt.Errorf("find the repository: %w", err)
		}
	}
	return &branch{url: url, name: name}, nil
}

// local tells a path from host:path and from scheme://host, as git does
// (git-fetch(1), GIT URLS).
func local(url string) bool {
	before, _, colon := strings.Cut(url, ":")
	return !colon || strings.Contains(before, "/")
}

// branchName follows git-check-ref-format(1), more strictly.
func branchName(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") || strings.HasSuffix(part, ".") {
			return false
		}
	}
	bad := func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`~^:?*[\`, r) }
	return !strings.HasPrefix(name, "-") && !strings.Contains(name, "..") && !strings.Contains(name, "@{") && !strings.ContainsFunc(name, bad)
}

// redacted hides a password in a URL.
func redacted(where string) string {
	if u, err := url.Parse(where); err == nil && u.User != nil {
		return u.Redacted()
	}
	return where
}

func (b *branch) where() string { return gitPrefix + redacted(b.url) + "#" + b.name }

func (b *branch) ref() string { return "refs/heads/" + b.name }

func (b *branch) read(ctx context.Context) (f Files, err error) {
	err = b.in(ctx, func(c *clone) error {
		f, err = c.files(ctx)
		return err
	})
	return f, err
}

// Retries of an append that others were faster than.
const (
	pushLimit = 2 * time.Minute
	pushPause = 20 * time.Millisecond
)

func (b *branch) change(ctx context.Context, next func(Files) (*step, error)) error {
	ctx, cancel := context.WithTimeout(ctx, pushLimit)
	defer cancel()
	return b.in(ctx, func(c *clone) error {
		for try := 1; ; try++ {
			f, err := c.files(ctx)
			if err != nil {
				return err
			}
			s, err := next(f)
			if err != nil || len(s.leaves) == 0 {
				return err
			}
			f.Leaves, f.Checkpoint = append(f.Leaves[:len(f.Leaves):len(f.Leaves)], s.leaves...), s.signed
			pushed := c.push(ctx, f, s.message)
			if pushed == nil {
				return nil
			}
			if err := c.overtaken(ctx, pushed); err != nil {
				return err
			}
			c.rest(ctx, try)
		}
	})
}

func (b *branch) create(ctx context.Context, f Files) error {
	return b.in(ctx, func(c *clone) error {
		if _, err := c.files(ctx); !errors.Is(err, ErrMissing) {
			return errors.Join(fmt.Errorf("make the register: there is something on %s", b.where()), err)
		}
		return c.push(ctx, f, "register: begun")
	})
}

// in makes an empty repository for one piece of work. Nothing of it stays.
func (b *branch) in(ctx context.Context, work func(*clone) error) error {
	if _, err := exec.LookPath("git"); err != nil {
		return fmt.Errorf("%w: a register on a branch takes the git program: %w", ErrUnreachable, err)
	}
	dir, err := os.MkdirTemp("", "maildrill-register-")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer os.RemoveAll(dir)
	c := &clone{branch: b, dir: dir}
	if _, err := c.git(ctx, nil, "init", "--quiet", "--bare", "."); err != nil {
		return err
	}
	return work(c)
}

// clone is a repository on this host that has the branch and nothing else.
type clone struct {
	*branch
	dir  string
	head string // commit; empty: the branch is not there
}

// files fetches the branch, and reads its two files.
func (c *clone) files(ctx context.Context) (Files, error) {
	c.head = ""
	if _, err := c.git(ctx, nil, "fetch", "--quiet", "--no-tags", "--depth=1", "--", c.url, "+"+c.ref()+":"+fetched); err != nil {
		if strings.Contains(err.Error(), "couldn't find remote ref") {
			return Files{}, fmt.Errorf("%w on %s", ErrMissing, c.where())
		}
		return Files{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	names := []string{fetched, fetched + ":" + CheckpointFile, fetched + ":" + LeavesFile}
	out, err := c.git(ctx, []byte(strings.Join(names, "\n")+"\n"), "cat-file", "--batch")
	if err != nil {
		return Files{}, err
	}
	objects := batch(out)
	if len(objects) != len(names) || objects[1].id == "" || objects[2].id == "" {
		return Files{}, fmt.Errorf("%w on %s: the branch has no %s", ErrMissing, c.where(), CheckpointFile)
	}
	c.head = objects[0].id
	return Files{Leaves: objects[2].text, Checkpoint: objects[1].text}, nil
}

// object is one that git has; without an id it does not have it.
type object struct {
	id   string
	text []byte
}

// batch reads what git-cat-file(1) writes: "id type size", the content, a newline;
// or "name missing".
func batch(out []byte) (all []object) {
	for len(out) > 0 {
		line, rest, _ := bytes.Cut(out, []byte("\n"))
		var o object
		var kind string
		var size int
		if n, _ := fmt.Sscanf(string(line), "%s %s %d", &o.id, &kind, &size); n == 3 && size >= 0 && size < len(rest) {
			o.text, rest = rest[:size], rest[size+1:]
		} else {
			o.id = ""
		}
		all, out = append(all, o), rest
	}
	return all
}

// Names in the repository on this host.
const (
	fetched = "refs/maildrill/fetched"
	next    = "refs/maildrill/next"
)

// push commits the files on top of what was fetched, whose other files stay, and
// pushes that (git-fast-import(1)).
func (c *clone) push(ctx context.Context, f Files, message string) error {
	var in bytes.Buffer
	data := func(b []byte) { fmt.Fprintf(&in, "data %d\n%s\n", len(b), b) }
	fmt.Fprintf(&in, "commit %s\ncommitter maildrill <maildrill@invalid> now\n", next)
	data([]byte(message + "\n"))
	if c.head != "" {
		fmt.Fprintf(&in, "from %s\n", c.head)
	}
	for name, text := range map[string][]byte{LeavesFile: f.Leaves, CheckpointFile: f.Checkpoint} {
		fmt.Fprintf(&in, "M 100644 inline %s\n", name)
		data(text)
	}
	in.WriteString("done\n")
	if _, err := c.git(ctx, in.Bytes(), "fast-import", "--quiet", "--force", "--done", "--date-format=now"); err != nil {
		return err
	}
	_, err := c.git(ctx, nil, "push", "--quiet", "--", c.url, next+":"+c.ref())
	return err
}

// overtaken tells a push that came too late, which gives nil, from one that will
// never be taken.
func (c *clone) overtaken(ctx context.Context, pushed error) error {
	found, err := c.git(ctx, nil, "ls-remote", "--heads", "--", c.url, c.ref())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, errors.Join(pushed, err))
	}
	busy := strings.Contains(pushed.Error(), "lock") // another push goes on
	if ctx.Err() != nil || !busy && strings.HasPrefix(string(found), c.head+"\t") {
		return fmt.Errorf("%w: it takes no push: %w", ErrUnreachable, pushed)
	}
	return nil
}

// rest lets others finish, longer after each try; by chance, so that two who are
// in step do not stay so.
func (c *clone) rest(ctx context.Context, try int) {
	longest := pushPause << min(try, 6)
	timer := time.NewTimer(rand.N(longest))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// gitGrace is how long helpers of a git that was ended may hold on to its output.
const gitGrace = 5 * time.Second

// isKey finds the variable that is nobody's business.
func isKey(variable string) bool { return strings.HasPrefix(variable, keys.Variable+"=") }

// git runs one command of git. Nobody is asked for a password, hooks and the
// settings of a person who commits play no part.
func (c *clone) git(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0"}, args...)...)
	cmd.Dir = c.dir
	cmd.Env = append(slices.DeleteFunc(cmd.Environ(), isKey), "GIT_DIR="+c.dir, "GIT_TERMINAL_PROMPT=0", "GIT_ALLOW_PROTOCOL=file:git:http:https:ssh", "LC_ALL=C")
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.WaitDelay = gitGrace
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		said := strings.ReplaceAll(strings.TrimSpace(errs.String()), c.url, redacted(c.url))
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, said)
	}
	return out.Bytes(), nil
}
