package docker_test

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/stdcopy"

	"maildrill/harness/agent/sweep"
	"maildrill/harness/docker"
	"maildrill/harness/docker/images"
	"maildrill/harness/docker/testdata/scanmain/scan"
	"maildrill/harness/topology"
	"maildrill/harness/topology/runtimetest"
)

const (
	scanMessages = 100_000
	scanSize     = 2048 // bytes
	scanPairs    = 5

	// isyncRoot is the folder in which Debian's package isync is unpacked.
	isyncRoot = "MAILDRILL_BENCH_ISYNC"
)

// BenchmarkScanBesideMbsync reads one mailbox of Dovecot's with the scanner and
// copies it with Debian's mbsync, in turns. Nothing is cached by either from one
// turn to the next; Dovecot's indexes are there before the first.
//
// "drill" is the scanner in this process, by the way that a drill takes: through
// the keeper and the vantage. "beside" is the same scanner and mbsync both in a
// container that shares Dovecot's network namespace, over the loopback. The
// scanner fetches every message, verifies it line by line and writes its ledger;
// mbsync fetches every message and writes it into a Maildir in memory.
func BenchmarkScanBesideMbsync(b *testing.B) {
	r := newScanRig(b)
	entrants := []entrant{{"scanner, drill", r.drill}, {"scanner, beside", r.beside}}
	if r.unpacked {
		entrants = append(entrants, entrant{"mbsync, beside", r.mbsync})
	} else {
		b.Logf("SKIPPED: the comparison with mbsync: %s names no folder with Debian's isync (make unpack-isync)", isyncRoot)
	}
	for _, e := range entrants {
		e.run(b) // the first time fills caches, and is not counted
	}
	for range b.N {
		laps := map[string][]scanLap{}
		for pair := range scanPairs {
			for i := range entrants {
				e := entrants[(i+pair)%len(entrants)]
				laps[e.name] = append(laps[e.name], e.run(b))
			}
		}
		for _, e := range entrants {
			report(b, e.name, laps[e.name])
		}
	}
}

type entrant struct {
	name string
	run  func(*testing.B) scanLap
}

// scanLap is one reading of the mailbox.
type scanLap struct {
	rate   float64 // messages a second
	cpu    float64 // seconds of the reader's process
	way    float64 // seconds of what stands between, where anything does
	server float64 // seconds of Dovecot's container
}

func report(b *testing.B, name string, laps []scanLap) {
	of := func(value func(scanLap) float64) (all []float64) {
		for _, l := range laps {
			all = append(all, value(l))
		}
		return all
	}
	rates := of(func(l scanLap) float64 { return l.rate })
	b.Logf("%-16s messages/s %s; CPU seconds: its own %s, on the way %s, Dovecot %s", name, spread(rates),
		spread(of(func(l scanLap) float64 { return l.cpu })), spread(of(func(l scanLap) float64 { return l.way })),
		spread(of(func(l scanLap) float64 { return l.server })))
	b.ReportMetric(middle(rates), strings.NewReplacer(", ", "-").Replace(name)+"-msg/s")
}

// scanRig is a Dovecot with one full mailbox, and a container beside it.
type scanRig struct {
	engine   *client.Client
	system   *docker.System
	account  topology.Account
	reader   string // the container beside Dovecot's
	unpacked bool   // mbsync is there
}

func newScanRig(b *testing.B) *scanRig {
	r := &scanRig{engine: needEngine(b)}
	top := runtimetest.Topology()
	r.account = top.Accounts[0]
	top.Nodes[1].Volumes = []topology.Volume{{Name: "mail", Path: "/srv/mail"}} // no layered file system is in the way
	run := runID()
	s, err := runtime(b).Start(b.Context(), top, topology.Options{RunID: run, Faulted: []string{}})
	need(b, err)
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			b.Errorf("close: %v", err)
		}
	})
	r.system = s.(*docker.System)
	store := "maildrill-" + run + "-store1"
	r.fill(b, store)
	r.neighbour(b, run, store)
	r.equip(b)
	return r
}

// fill puts the mail into the mailbox.
func (r *scanRig) fill(b *testing.B, store string) {
	b.Helper()
	archive, in := io.Pipe()
	go func() { in.CloseWithError(scan.Maildir(in, r.account, scanMessages, scanSize)) }()
	need(b, r.engine.CopyToContainer(b.Context(), store, "/srv/mail", archive, container.CopyToContainerOptions{}))
}

// neighbour starts a container in the network namespace of the store's, with
// room in memory for a copy of the mailbox.
func (r *scanRig) neighbour(b *testing.B, run, store string) {
	b.Helper()
	image, _ := images.Ref("dovecot")
	made, err := r.engine.ContainerCreate(b.Context(), &container.Config{Image: image, Cmd: []string{"sleep", "infinity"},
		Labels: map[string]string{sweep.Run: run, sweep.Kind: "mail"}},
		&container.HostConfig{NetworkMode: container.NetworkMode("container:" + store), Tmpfs: map[string]string{"/room": "size=2g"}},
		nil, nil, "")
	need(b, err)
	r.reader = made.ID
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := r.engine.ContainerRemove(ctx, r.reader, container.RemoveOptions{Force: true}); err != nil {
			b.Errorf("remove the neighbour: %v", err)
		}
	})
	need(b, r.engine.ContainerStart(b.Context(), r.reader, container.StartOptions{}))
}

// mbsyncrc copies without forcing anything to the disk, as the ledger's entries
// of a scan are not forced either (mbsync(1)).
const mbsyncrc = `FSync no

IMAPAccount store
Host 127.0.0.1
User %s
Pass %s
AuthMechs LOGIN
SSLType None

IMAPStore far
Account store

MaildirStore near
Inbox /room/copy/inbox

Channel all
Far :far:
Near :near:
Patterns INBOX
Sync PullNew
SyncState *
`

// equip brings the programs into the neighbour.
func (r *scanRig) equip(b *testing.B) {
	b.Helper()
	scanner := filepath.Join(b.TempDir(), "scanmain")
	build := exec.Command("go", "build", "-trimpath", "-o", scanner, "./testdata/scanmain")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build the scanner: %v\n%s", err, out)
	}
	files := map[string]string{"/usr/local/bin/scanmain": scanner}
	root := os.Getenv(isyncRoot)
	mbsync := filepath.Join(root, "usr/bin/mbsync")
	if _, err := os.Stat(mbsync); root != "" && err == nil {
		r.unpacked = true
		files["/usr/local/bin/mbsync"] = mbsync
		for _, l := range libraries(b, root) {
			files["/usr/local/lib/isync/"+filepath.Base(l)] = l
		}
	}
	content := map[string][]byte{"/etc/mbsyncrc": fmt.Appendf(nil, mbsyncrc, r.account.User, r.account.Password)}
	for to, from := range files {
		text, err := os.ReadFile(from)
		need(b, err)
		content[to] = text
	}
	r.install(b, content)
}

// libraries are those of an unpacked package.
func libraries(b *testing.B, root string) (all []string) {
	b.Helper()
	for _, pattern := range []string{"lib/*-linux-gnu*/*.so*", "usr/lib/*-linux-gnu*/*.so*"} {
		some, err := filepath.Glob(filepath.Join(root, pattern))
		need(b, err)
		all = append(all, some...)
	}
	return all
}

// install writes files into the neighbour.
func (r *scanRig) install(b *testing.B, content map[string][]byte) {
	b.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for name, text := range content {
		need(b, w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}))
		_, err := w.Write(text)
		need(b, err)
	}
	need(b, w.Close())
	need(b, r.engine.CopyToContainer(b.Context(), r.reader, "/", &archive, container.CopyToContainerOptions{}))
}

// drill reads from this process.
func (r *scanRig) drill(b *testing.B) scanLap {
	b.Helper()
	way, server := r.used(b)
	lap, err := scan.Read(b.Context(), r.system, "store1", r.account, filepath.Join(b.TempDir(), fmt.Sprint(time.Now().UnixNano())))
	need(b, err)
	wayThen, serverThen := r.used(b)
	return r.lap(b, lap, wayThen-way, serverThen-server)
}

// beside reads from the neighbour.
func (r *scanRig) beside(b *testing.B) scanLap {
	b.Helper()
	_, before := r.used(b)
	out := r.exec(b, "rm -rf /room/ledger && exec scanmain 127.0.0.1:143 "+r.account.Address+" "+r.account.Password+" /room/ledger")
	_, after := r.used(b)
	var lap scan.Lap
	need(b, json.Unmarshal([]byte(out), &lap))
	return r.lap(b, lap, 0, after-before)
}

// mbsync copies the mailbox in the neighbour. The shell tells the time and the
// CPU of its children (times, POSIX.1-2017).
func (r *scanRig) mbsync(b *testing.B) scanLap {
	b.Helper()
	r.exec(b, "rm -rf /room/copy && mkdir -p /room/copy")
	_, before := r.used(b)
	out := r.exec(b, `began=$(date +%s.%N); LD_LIBRARY_PATH=/usr/local/lib/isync mbsync -q -c /etc/mbsyncrc all >&2 || exit
ended=$(date +%s.%N); find /room/copy/inbox/cur /room/copy/inbox/new -type f | wc -l; echo $began $ended; times`)
	_, after := r.used(b)
	var lap scan.Lap
	var began, ended, m [4]float64
	_, err := fmt.Sscanf(out, "%d\n%f %f\n%fm%fs %fm%fs\n%fm%fs %fm%fs", &lap.Messages, &began[0], &ended[0],
		&began[1], &began[2], &began[3], &ended[1], &m[0], &m[1], &m[2], &m[3])
	if err != nil {
		b.Fatalf("mbsync: %v: %s", err, out)
	}
	lap.Seconds, lap.CPU = ended[0]-began[0], 60*(m[0]+m[2])+m[1]+m[3]
	return r.lap(b, lap, 0, after-before)
}

func (r *scanRig) lap(b *testing.B, l scan.Lap, way, server float64) scanLap {
	b.Helper()
	if l.Messages != scanMessages {
		b.Fatalf("read %d messages of %d", l.Messages, scanMessages)
	}
	return scanLap{rate: float64(l.Messages) / l.Seconds, cpu: l.CPU, way: way, server: server}
}

// used is the CPU time so far, in seconds, of what stands between a drill and
// its nodes, and of Dovecot.
func (r *scanRig) used(b *testing.B) (way, server float64) {
	b.Helper()
	usage, err := r.system.Usage(b.Context())
	need(b, err)
	for _, name := range []string{"keeper", "outside"} {
		way += usage[name].CPU.Seconds()
	}
	return way, usage["store1"].CPU.Seconds()
}

// exec runs a script in the neighbour and gives what it printed.
func (r *scanRig) exec(b *testing.B, script string) string {
	b.Helper()
	made, err := r.engine.ContainerExecCreate(b.Context(), r.reader,
		container.ExecOptions{Cmd: []string{"sh", "-c", script}, AttachStdout: true, AttachStderr: true})
	need(b, err)
	streams, err := r.engine.ContainerExecAttach(b.Context(), made.ID, container.ExecAttachOptions{})
	need(b, err)
	defer streams.Close()
	var out, said bytes.Buffer
	_, err = stdcopy.StdCopy(&out, &said, streams.Reader)
	need(b, err)
	ended, err := r.engine.ContainerExecInspect(b.Context(), made.ID)
	need(b, err)
	if ended.ExitCode != 0 {
		b.Fatalf("%s\nexit code %d: %s%s", script, ended.ExitCode, &out, &said)
	}
	return out.String()
}

func need(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
