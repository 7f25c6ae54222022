package keeper

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"

	"maildrill/faults"
	"maildrill/harness/topology"
)

// CopyFromContainer gives a file as an engine does: its time in whole seconds,
// and beside the archive as it is.
func (w *world) CopyFromContainer(_ context.Context, id, name string) (io.ReadCloser, container.PathStat, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f, ok := w.files[id+":"+name]
	if !ok {
		return nil, container.PathStat{}, fmt.Errorf("no %s: %w", name, errdefs.ErrNotFound)
	}
	head, when := f.head, f.head.ModTime
	head.ModTime = when.Truncate(time.Second)
	var archive bytes.Buffer
	out := tar.NewWriter(&archive)
	head.Size = int64(len(f.body))
	err := out.WriteHeader(&head)
	_, writeErr := out.Write(f.body)
	return io.NopCloser(&archive), container.PathStat{Mtime: when}, errors.Join(err, writeErr, out.Close())
}

func (w *world) CopyToContainer(_ context.Context, id, folder string, archive io.Reader, _ container.CopyToContainerOptions) error {
	in := tar.NewReader(archive)
	head, err := in.Next()
	if err != nil {
		return err
	}
	body, err := io.ReadAll(in)
	w.mu.Lock()
	w.files[id+":"+path.Join(folder, head.Name)] = containerFile{*head, body}
	w.mu.Unlock()
	return errors.Join(err, w.do("write", id, string(body)))
}

func (w *world) ContainerExecCreate(_ context.Context, id string, o container.ExecOptions) (container.ExecCreateResponse, error) {
	return container.ExecCreateResponse{ID: id}, w.do(append([]string{"exec", id}, o.Cmd...)...)
}

func (w *world) ContainerExecAttach(context.Context, string, container.ExecAttachOptions) (types.HijackedResponse, error) {
	here, _ := net.Pipe()
	return types.HijackedResponse{Conn: here, Reader: bufio.NewReader(strings.NewReader(""))}, nil
}

func (w *world) ContainerExecInspect(context.Context, string) (container.ExecInspect, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return container.ExecInspect{ExitCode: w.refuses}, nil
}

const mainFile = "/etc/postfix/main.cf"

// configured is a world in which mx1 has a configuration.
func configured() (*world, containerFile) {
	w := up()
	was := containerFile{tar.Header{Typeflag: tar.TypeReg, Name: "main.cf", Mode: 0o640, Uid: 7, Gid: 8,
		ModTime: time.Unix(1700000000, 123456789)}, []byte("a = b\n")}
	w.files = map[string]containerFile{"mx1:" + mainFile: was}
	return w, was
}

func (w *world) file() containerFile {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.files["mx1:"+mainFile]
}

// isAsBefore compares all that is kept of a file.
func isAsBefore(t *testing.T, now, was containerFile) {
	t.Helper()
	if string(now.body) != string(was.body) || now.head.Mode != was.head.Mode || now.head.Uid != was.head.Uid ||
		now.head.Gid != was.head.Gid || !now.head.ModTime.Equal(was.head.ModTime) {
		t.Errorf("the file is %q %+v, was %q %+v", now.body, now.head, was.body, was.head)
	}
}

func lineRule(t *testing.T, id, text string) faults.Rule {
	t.Helper()
	r, err := faults.NewRule(id, faults.Settings, faults.SettingSpec{File: mainFile, Do: faults.SettingAppend, Text: text, Reload: []string{"reload"}}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func standing(t *testing.T, n Remote, m faults.Mechanism) []string {
	t.Helper()
	all, err := n.Rules(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestSettingsComposeAndGoBackToWhatTheyWere(t *testing.T) {
	w, was := configured()
	c, _ := kept(t, w)
	n := c.Node("mx1").With(faults.Settings)
	for _, r := range []faults.Rule{lineRule(t, "one", "x\n"), lineRule(t, "two", "y\n"), lineRule(t, "one", "x\n")} {
		if err := n.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if got := string(w.file().body); got != "a = b\ny\nx\n" {
		t.Errorf("under two rules the file is %q", got)
	}
	if got := standing(t, n, faults.Settings); len(got) != 2 {
		t.Errorf("rules that stand: %v", got)
	}
	if err := n.Take(t.Context(), faults.Settings, "two"); err != nil {
		t.Fatal(err)
	}
	if got := string(w.file().body); got != "a = b\nx\n" {
		t.Errorf("under one rule the file is %q", got)
	}
	if err := n.Take(t.Context(), faults.Settings, "one"); err != nil {
		t.Fatal(err)
	}
	isAsBefore(t, w.file(), was)
	if got := standing(t, n, faults.Settings); len(got) != 0 {
		t.Errorf("rules that stand: %v", got)
	}
}

// A container that was made anew has its own file: the rule does not stand, and
// can be put again.
func TestASettingDoesNotStandInANewContainer(t *testing.T) {
	w, was := configured()
	c, _ := kept(t, w)
	n := c.Node("mx1").With(faults.Settings)
	rule := lineRule(t, "one", "x\n")
	if err := n.Put(t.Context(), rule); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.files["mx1:"+mainFile] = was
	w.mu.Unlock()
	if got := standing(t, n, faults.Settings); len(got) != 0 {
		t.Errorf("rules that stand: %v", got)
	}
	if err := n.Put(t.Context(), rule); err != nil {
		t.Fatal(err)
	}
	if got := standing(t, n, faults.Settings); !slices.Equal(got, []string{"one"}) {
		t.Errorf("rules that stand: %v", got)
	}
}

// A server that does not read its restored file is started anew; one that is
// down is told nothing.
func TestAServerThatCannotBeToldIsStartedAnew(t *testing.T) {
	for _, c := range []struct {
		code    int
		running bool
		want    []string
	}{
		{0, true, []string{"write mx1 a = b\nx\n", "exec mx1 reload", "write mx1 a = b\n", "exec mx1 reload"}},
		{75, true, []string{"write mx1 a = b\nx\n", "exec mx1 reload", "write mx1 a = b\n", "exec mx1 reload", "stop mx1"}},
		{0, false, []string{"write mx1 a = b\nx\n", "write mx1 a = b\n"}},
	} {
		w, _ := configured()
		w.refuses, w.running["mx1"] = c.code, c.running
		client, _ := kept(t, w)
		n := client.Node("mx1").With(faults.Settings)
		if err := n.Put(t.Context(), lineRule(t, "one", "x\n")); err != nil {
			t.Fatal(err)
		}
		if err := n.Take(t.Context(), faults.Settings, "one"); err != nil {
			t.Fatal(err)
		}
		if got := w.deeds(); !slices.Equal(got, c.want) {
			t.Errorf("exit code %d, running %v: %q, want %q", c.code, c.running, got, c.want)
		}
	}
}

// A rule whose end fails half-way is not over, and is taken again.
func TestASettingIsOverWhenTheServerHasReadIt(t *testing.T) {
	for failing, code := range map[string]int{"write mx1 a = b\n": 0, "exec mx1 reload": 0, "stop mx1": 75, "start mx1": 75} {
		w, was := configured()
		w.images = map[string]string{"mx1": "plain"}
		c, _ := kept(t, w)
		n := c.Node("mx1").With(faults.Settings)
		if err := n.Put(t.Context(), lineRule(t, "one", "x\n")); err != nil {
			t.Fatal(err)
		}
		w.failing, w.refuses = failing, code
		if err := n.Take(t.Context(), faults.Settings, "one"); err == nil || len(standing(t, n, faults.Settings)) != 1 {
			t.Errorf("%s failed: %v, and the rule is forgotten", failing, err)
		}
		w.mend()
		tried := len(w.deeds())
		if err := n.Take(t.Context(), faults.Settings, "one"); err != nil || len(standing(t, n, faults.Settings)) != 0 {
			t.Errorf("%s failed, and then: %v", failing, err)
		}
		isAsBefore(t, w.file(), was)
		if again := w.deeds()[tried:]; !slices.Contains(again, "start mx1") && !slices.Contains(again, "exec mx1 reload") {
			t.Errorf("%s failed, and the server has not read its file: %q", failing, again)
		}
		if s, err := n.State(t.Context()); err != nil || !s.Running {
			t.Errorf("%s failed, and the node is left %+v, %v", failing, s, err)
		}
	}
}

// The keeper puts the file back when maildrill is gone.
func TestEndOfMaildrillRestoresSettings(t *testing.T) {
	w, was := configured()
	c, done := kept(t, w)
	steps := []topology.Undo{{Node: "mx1", Verb: "take", Args: map[string]string{"mechanism": "settings", "id": "one"}}}
	if err := c.Hold(t.Context(), "step", steps); err != nil {
		t.Fatal(err)
	}
	if err := c.Node("mx1").Put(t.Context(), lineRule(t, "one", "x\n")); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	if err := over(t, done); err != nil {
		t.Fatal(err)
	}
	isAsBefore(t, w.file(), was)
}

func TestAFileThatIsNotThereIsRefused(t *testing.T) {
	w, _ := configured()
	delete(w.files, "mx1:"+mainFile)
	c, _ := kept(t, w)
	err := c.Node("mx1").Put(t.Context(), lineRule(t, "one", "x\n"))
	if err == nil || !strings.Contains(err.Error(), mainFile) || len(standing(t, c.Node("mx1"), faults.Settings)) != 0 {
		t.Errorf("put: %v", err)
	}
}
