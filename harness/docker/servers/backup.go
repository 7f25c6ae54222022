package servers

import (
	"fmt"

	"maildrill/harness/topology"
)

// RepositoryFolder is where a server of back-ups keeps its repositories.
const RepositoryFolder = "/srv/backup"

// backupCommand serves repositories of restic(1) over HTTP (rclone(1), serve
// restic). What is in one can be added to and read, and neither changed nor
// removed, so that a store that fell into bad hands cannot spoil its back-ups.
func backupCommand(n topology.Node) []string {
	return []string{"rclone", "serve", "restic", "--config", "/dev/null", "--append-only",
		"--addr", fmt.Sprintf(":%d", port(n, topology.Restic)), RepositoryFolder}
}
