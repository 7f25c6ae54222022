package load

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"maildrill/faults"
)

// Seen counts the connections from [faults.LoaderPorts] that the network of a
// process has established, whether a server has accepted them yet or not
// (/proc/<pid>/net/tcp, proc(5)).
func Seen(pid int) (uint64, error) {
	var n uint64
	for _, file := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "net", file))
		if err != nil && file == "tcp" {
			return 0, err
		}
		n += established(string(text))
	}
	return n, nil
}

// established counts lines such as "0: 020012C6:0019 030012C6:EE48 01 ...":
// local and remote address, and the state, of which 01 is established.
func established(table string) (n uint64) {
	for line := range strings.Lines(table) {
		word := strings.Fields(line)
		if len(word) < 4 || word[3] != "01" {
			continue
		}
		_, port, _ := strings.Cut(word[2], ":")
		p, err := strconv.ParseUint(port, 16, 16)
		if err == nil && uint16(p) >= faults.LoaderPorts[0] && uint16(p) <= faults.LoaderPorts[1] {
			n++
		}
	}
	return n
}
