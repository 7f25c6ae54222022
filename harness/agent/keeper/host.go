package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"maildrill/faults"
	"maildrill/harness/agent/cgroups"
	"maildrill/harness/agent/meter"
	"maildrill/harness/agent/netrules"
	"maildrill/harness/agent/rlimits"
	"maildrill/harness/agent/visit"
)

// Host is the kernel of the engine's host, seen from its PID namespace.
type Host struct {
	// Table is the name of this run's nftables table.
	Table string
}

var _ Kernel = Host{}

// Table is the nftables table of a run: letters, digits and underscores only.
func Table(run string) string {
	return "maildrill_" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(run))
}

// Cut drops all traffic of the network namespace, for at most ttl.
func (h Host) Cut(pid int, ttl time.Duration) error { return netrules.Cut(netns(pid), h.Table, ttl) }

// Mend takes a cut back.
func (h Host) Mend(pid int) error { return netrules.Mend(netns(pid), h.Table) }

// Dropped counts what met the cut.
func (h Host) Dropped(pid int) (uint64, bool, error) { return netrules.Count(netns(pid), h.Table) }

// Filter lets a rule on packets stand.
func (h Host) Filter(pid int, id string, spec faults.PacketSpec, ttl time.Duration) error {
	return netrules.Filter(netns(pid), h.Table, id, spec, ttl)
}

// Unfilter takes a rule on packets away.
func (h Host) Unfilter(pid int, id string) error { return netrules.Unfilter(netns(pid), h.Table, id) }

// Filters lists the rules on packets that are in force.
func (h Host) Filters(pid int) ([]netrules.Filtered, error) {
	return netrules.Filters(netns(pid), h.Table)
}

// Unplug puts the network interfaces down.
func (h Host) Unplug(pid int) (Unplugged, error) { return netrules.Unplug(netns(pid)) }

// Meter sends a train of datagrams to the network namespace of another process.
func (h Host) Meter(ctx context.Context, pid, other int, t faults.Train) (faults.Journey, error) {
	return meter.Between(ctx, netns(pid), netns(other), t)
}

// Seal takes the way out of the drill away.
func (h Host) Seal(pid int) error { return netrules.Seal(netns(pid)) }

// Visit makes an attempt from the network namespace.
func (h Host) Visit(ctx context.Context, pid int, v faults.Visit) (faults.Sight, error) {
	return visit.From(ctx, netns(pid), v)
}

func netns(pid int) string { return proc(pid, "ns/net") }

func proc(pid int, file string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), file)
}

// Resolve writes resolv.conf(5) in place: the engine has bound that very file
// into every container that shares the namespace.
func (h Host) Resolve(pid int, conf string) error {
	f, err := os.OpenFile(proc(pid, "root/etc/resolv.conf"), os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(conf)
	return errors.Join(err, f.Close())
}

// everyName stands for every command name.
const everyName = ""

// Beside lists the live processes in pid's PID namespace with the command name.
// The kernel keeps 15 bytes of it (TASK_COMM_LEN); programs that rename
// themselves are also found by their first argument.
func (h Host) Beside(pid int, name string) ([]faults.Process, error) {
	namespace, err := os.Readlink(proc(pid, "ns/pid"))
	if err != nil {
		return nil, fmt.Errorf("find the PID namespace of %d: %w", pid, err)
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var found []faults.Process
	for _, e := range entries {
		id, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if ns, err := os.Readlink(proc(id, "ns/pid")); err != nil || ns != namespace {
			continue
		}
		if p, ok := look(id); ok && p.State != "Z" && (name == everyName || isNamed(p, name)) {
			p.FreeFiles = freeFiles(id)
			found = append(found, p)
		}
	}
	return found, nil
}

// freeFiles is how many more files a process can open; -1: not known, because it
// ends just now.
func freeFiles(pid int) int {
	limit, err := rlimits.Files(pid)
	open, openErr := rlimits.Open(pid)
	if err != nil || openErr != nil {
		return -1
	}
	return rlimits.Free(open, limit)
}

func isNamed(p faults.Process, name string) bool {
	if p.Command == name[:min(len(name), 15)] {
		return true
	}
	cmdline, err := os.ReadFile(proc(p.PID, "cmdline"))
	first, _, _ := strings.Cut(string(cmdline), "\x00")
	return err == nil && filepath.Base(first) == name
}

// look reads one process; it may be gone already.
func look(pid int) (faults.Process, bool) {
	stat, err := os.ReadFile(proc(pid, "stat"))
	if err != nil {
		return faults.Process{}, false
	}
	return parseStat(pid, string(stat))
}

// parseStat reads /proc/<pid>/stat (proc(5)): the command in parentheses may
// itself hold spaces and parentheses; state is field 3, start time field 22.
func parseStat(pid int, stat string) (faults.Process, bool) {
	begin, end := strings.IndexByte(stat, '('), strings.LastIndexByte(stat, ')')
	if begin < 0 || end < begin {
		return faults.Process{}, false
	}
	rest := strings.Fields(stat[end+1:])
	if len(rest) < 20 {
		return faults.Process{}, false
	}
	return faults.Process{PID: pid, Command: stat[begin+1 : end], State: rest[0], Started: rest[19]}, true
}

var signals = map[string]unix.Signal{"KILL": unix.SIGKILL, "STOP": unix.SIGSTOP, "CONT": unix.SIGCONT, "TERM": unix.SIGTERM}

// Signal sends to exactly that process: if its id was given to another since,
// nobody is hit.
func (h Host) Signal(p faults.Process, signal string) error {
	number, ok := signals[signal]
	if !ok {
		return fmt.Errorf("unknown signal %q", signal)
	}
	return toExactly(p.PID, number, func() bool {
		now, ok := look(p.PID)
		return ok && now.Started == p.Started
	})
}

// Kill ends the main process of a container at once. The engine may still name
// one that has ended: whoever has its id by now is left alone, unless it is the
// first of a PID namespace too.
func (h Host) Kill(pid int) error {
	return toExactly(pid, unix.SIGKILL, func() bool { return isFirst(pid) })
}

// toExactly signals a process if it is the right one, and stays that one until it
// has the signal.
func toExactly(pid int, number unix.Signal, right func() bool) error {
	fd, err := unix.PidfdOpen(pid, 0)
	if err == nil {
		defer unix.Close(fd)
		if !right() {
			err = os.ErrProcessDone
		} else {
			err = unix.PidfdSendSignal(fd, number, nil, 0)
		}
	}
	if errors.Is(err, unix.ESRCH) {
		err = os.ErrProcessDone
	}
	if err != nil {
		return fmt.Errorf("signal process %d: %w", pid, err)
	}
	return nil
}

// isFirst tells whether a process is number 1 of a PID namespace that lies below
// ours (proc_pid_status(5), NSpid).
func isFirst(pid int) bool {
	text, err := os.ReadFile(proc(pid, "status"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if ids, ok := strings.CutPrefix(line, "NSpid:"); ok {
			all := strings.Fields(ids)
			return len(all) > 1 && all[len(all)-1] == "1"
		}
	}
	return false
}

// Freeze stops or thaws all processes of the control group of a process.
func (h Host) Freeze(pid int, frozen bool) error { return cgroups.Freeze(pid, frozen) }

// Frozen tells whether they stand still.
func (h Host) Frozen(pid int) (bool, error) { return cgroups.Frozen(pid) }
