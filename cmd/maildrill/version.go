package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"maildrill/harness/record"
)

// version is set by the linker: -X main.version=...
var version = "dev"

func (p *process) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print version, digest and build", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			t := tool()
			if p.json {
				return p.printJSON(t)
			}
			fmt.Fprintf(p.Stdout, "maildrill %s (%s %s/%s)\nsha256 %s\n", t.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, t.SHA256)
			return nil
		},
	}
}

// tool identifies the program that runs, by the digest of its own file.
func tool() record.Tool {
	t := record.Tool{Version: version}
	if info, ok := debug.ReadBuildInfo(); ok && version == "dev" && info.Main.Version != "" {
		t.Version = info.Main.Version
	}
	path, err := os.Executable()
	if err != nil {
		return t
	}
	f, err := os.Open(path)
	if err != nil {
		return t
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err == nil {
		t.SHA256 = hex.EncodeToString(h.Sum(nil))
	}
	return t
}
