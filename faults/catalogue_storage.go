package faults

// volumeKind completes a row of faults that act on a volume with a size, by one
// mechanism.
func volumeKind(m Mechanism, k Kind) Kind {
	k.Mechanism += ". It acts on volumes that are given a `size`, which are file systems on devices of their own, and on nothing else"
	volume := Param{Name: "volume", Type: "string", Default: "(the only one with a size)", Doc: "name of a volume of the node that has a `size`"}
	k.Params = append([]Param{volume}, k.Params...)
	k.Needs = []Ability{Ability(m), CanTouch}
	return k
}

// lasting is the parameter of kinds whose harm can be left as it is.
var lasting = Param{Name: "lasting", Type: "bool", Default: "false", Doc: "nothing is put back at the end: what is gone is gone, for drills that restore it from somewhere else"}

// storageKinds act on what a node keeps.
var storageKinds = []Kind{
	{
		ID:        "storage.power-cut",
		Title:     "A host loses its power, and its disks what was not yet written",
		StandsFor: "a power outage without UPS, a failing power supply, a reset by the hardware: acknowledged is only safe what was forced to the disk (fsync(2))",
		Mechanism: "all traffic of the node is dropped, its file systems are shut down without a flush of their journals (EXT4_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN), then its main process is killed. It acts on the volumes that are given a `size`, which are file systems (ext4 or XFS) on devices of their own; node.crash keeps what was written, because the kernel lives on",
		Proof:     "on: the drop is in force, the main process is gone, their journals have to be replayed (ext4 says so in its superblock, XFS by the last record of its log, or it was seen to take no more writes), and a connection from the outside times out; off: no drop, the node was started on disks that take writes, and connections are answered",
		Undo:      "the drop is taken away, then the node is started, which mounts the disks and replays their journals",
		Needs:     needs[powered](),
		New:       newPowerCut,
	},
	volumeKind(Disks, Kind{
		ID:        "storage.full",
		Title:     "A disk is full",
		StandsFor: "a queue that grew over night, logs, a backup on the wrong disk",
		Mechanism: "a file of ours takes the room of the file system (fallocate(2)), but for what is to stay free: every write(2) beyond it gets a real ENOSPC",
		Proof:     "on: the file is there, and a file of the size of what is left and 1 MiB cannot be made through the node's own mount (ENOSPC); off: the file is gone, and it can. The attempt leaves nothing",
		Undo:      "the file is removed; what arrived meanwhile stays",
		Params: []Param{
			{Name: "free", Type: "integer", Default: "0", Doc: "bytes that are left free, at most about half of the volume"},
		},
		New: newStorageFull,
	}),
	volumeKind(Disks, Kind{
		ID:        "storage.inodes",
		Title:     "A disk has no room for another file",
		StandsFor: "a Maildir or a queue of millions of small files: df(1) shows room, and nothing can be created",
		Mechanism: "empty files of ours take every inode of the file system, which is ext4: XFS makes inodes as it needs them",
		Proof:     "on: the files are there, and no file can be made through the node's own mount (ENOSPC); off: they are gone, and one can",
		Undo:      "the files are removed; what arrived meanwhile stays",
		New:       newStorageInodes,
	}),
	volumeKind(Disks, Kind{
		ID:        "storage.readonly",
		Title:     "A file system is read-only",
		StandsFor: "what ext4 does after an error (errors=remount-ro), a snapshot mounted by mistake, a slip in fstab(5)",
		Mechanism: "the file system itself is made read-only, not a mount of it (fspick(2), fsconfig(2)). The kernel refuses while a file is open for writing, as Postfix's are in its queue: there the fault fails, and says so",
		Proof:     "on: the kernel says so (statfs(2), ST_RDONLY), and no file can be made through the node's own mount (EROFS); off: one can",
		Undo:      "the file system is made writable; nothing on it has changed. A restart of the node mounts it writable",
		New:       newStorageReadonly,
	}),
	volumeKind(Disks, Kind{
		ID:        "storage.io-error",
		Title:     "A disk gives I/O errors",
		StandsFor: "bad sectors, a failing controller, a storage network that loses requests",
		Mechanism: "the kernel asks the keeper before a file of the file system is opened, read or written, and is told EIO (fanotify(7), FAN_PRE_ACCESS: Linux 6.14 or later). Folders, names and fsync(2) are not touched, nor is what is on the disk",
		Proof:     "on: the kernel asks (proc(5), fdinfo), and a file that is made through the node's own mount gets EIO; off: it does not. Counted: accesses of the node, and those that failed",
		Undo:      "the kernel asks no more, as it does by itself if the keeper dies; nothing on the disk has changed. A restart of the node ends it",
		Params: []Param{
			{Name: "share", Type: "percentage", Default: "100%", Doc: "of all opens, reads and writes, more than 0%; below 100% the proof takes several looks"},
		},
		New: newStorageError,
	}),
	volumeKind(Disks, Kind{
		ID:        "storage.slow",
		Title:     "A disk is slow",
		StandsFor: "a degraded RAID, a noisy neighbour on shared storage, a backup that runs into the day",
		Mechanism: "the kernel asks the keeper before a file of the file system is opened, read or written, and waits for the answer (fanotify(7), FAN_PRE_ACCESS: Linux 6.14 or later). Accesses wait beside each other, not in a queue",
		Proof:     "on: the kernel asks, and to make a file through the node's own mount takes the delay, within 10 % or 5 ms; off: it does not. Counted: accesses of the node",
		Undo:      "the kernel asks no more, as it does by itself if the keeper dies; what waits goes on. A restart of the node ends it",
		Params: []Param{
			{Name: "delay", Type: "duration", Default: "500ms", Doc: "before each access, 10ms to 1m"},
		},
		New: newStorageSlow,
	}),
	volumeKind(Disks, Kind{
		ID:        "storage.disk-lost",
		Title:     "A disk is replaced by an empty one",
		StandsFor: "a dead disk without a mirror, a volume that was deleted: the mail store is gone, and the server starts on nothing",
		Mechanism: "the node ends, an empty file system is put in the place of the volume's, and the node starts",
		Proof:     "on: the content of the disk is kept beside it, and through the node's own mount the new file system is seen, by a mark of its root (trusted.maildrill, xattr(7)); off: it is not",
		Undo:      "unless it is to last: the node ends, the old content is put back, byte for byte, and the node starts, if it ran. Mail that arrived on the empty disk goes with it",
		Params:    []Param{lasting},
		New:       newStorageLost,
	}),
	volumeKind(Disks, Kind{
		ID:        "storage.unmounted",
		Title:     "A volume is not mounted",
		StandsFor: "a mount that failed at boot or fell away: the server finds the empty folder beneath, and may put mail into the wrong place",
		Mechanism: "the volume's mount is taken out of the node's mount namespace (umount2(2), MNT_DETACH); the folder beneath is what a path leads to then. The node goes on: who has a folder of the volume open keeps it, as Postfix's daemons do",
		Proof:     "on: the mount is kept aside, and the path of the volume does not lead to its device in the node; off: it does",
		Undo:      "the volume is mounted over the folder again. Mail that was put into the folder stays there, unseen, as in life. A restart of the node mounts the volume",
		New:       newStorageUnmounted,
	}),
	volumeKind(Disks, Kind{
		ID:        "storage.rollback",
		Title:     "A volume goes back to an older state",
		StandsFor: "a backup or a snapshot that is restored: what came since is lost, and what was removed since is back",
		Mechanism: "earlier in the run the node is frozen, its file system is written out (syncfs(2)) and its image copied, which takes well under a second for a small one, and the node goes on. For the fault the node is stopped in order, the copy is put in the place of the disk, and the node starts, which replays the journal as after a crash. The copy is kept in the keeper's volume, if there is room, and removed at the end of the fault, with the run at the latest",
		Proof:     "on: before the node starts, the restored file system has exactly the files, permissions, owners and contents that it had when it was saved, and of those that had come since, some are looked for in vain through the node's own mount. Counted: files gone and files that are back. If nothing came since, nothing is lost and nothing is proven; off: no state is kept any more",
		Undo:      "nothing brings back what is lost; the kept state is removed. A rollback that was cut short is carried through, and the node started",
		Momentary: true,
		Params: []Param{
			{Name: "to", Type: "string", Default: "start", Doc: "which state: start, that before the first message of the drill, or how long before the fault, such as 20s, for which the step needs an `at:`"},
		},
		New: newRollback,
	}),
	volumeKind(Files, Kind{
		ID:        "storage.corrupt",
		Title:     "Files are damaged",
		StandsFor: "bit rot, a controller that writes the wrong thing, a crash in the middle of a write",
		Mechanism: "bytes in the middle of some files are inverted in place; their times stay. index: Dovecot's own files, which it makes anew; keywords: its names of keywords, which it cannot (dovecot-keywords); message: messages of a Maildir; queue: queue files of Postfix that wait (deferred, hold)",
		Proof:     "on: the files' hashes, read through the node's own mount, are not those of the copies that were kept; the evidence names each file with the bytes, and counts the files; off: no copy is kept any more",
		Undo:      "unless it is to last: the bytes are inverted again, also if the server has renamed the file; what the server has repaired or written anew stays",
		Params: []Param{
			{Name: "what", Type: "string", Default: "(required)", Doc: "index, keywords, message or queue"},
			{Name: "files", Type: "integer", Default: "1", Doc: "how many, the first by name"},
			{Name: "bytes", Type: "integer", Default: "16", Doc: "how many in each"},
			lasting,
		},
		New: newStorageCorrupt,
	}),
	volumeKind(Files, Kind{
		ID:        "storage.permissions",
		Title:     "Files belong to the wrong user",
		StandsFor: "a restore as root, a wrong `chown -R`, a user id that differs between hosts",
		Mechanism: "the path and all that is below it are given to another owner, and get other permissions if asked for",
		Proof:     "on: owner and permissions, read through the node's own mount, are not those that were noted; off: nothing is noted any more",
		Undo:      "each gets back what was noted, but for what was removed meanwhile; what came meanwhile stays as it is",
		Params: []Param{
			{Name: "path", Type: "string", Default: ".", Doc: "below the volume; `.` is all of it"},
			{Name: "owner", Type: "integer", Default: "0", Doc: "user id"},
			{Name: "group", Type: "integer", Default: "0", Doc: "group id"},
			{Name: "mode", Type: "string", Default: "keep", Doc: "permission bits in octal, \"0600\"; keep: they stay"},
		},
		New: newStoragePermissions,
	}),
	volumeKind(Files, Kind{
		ID:        "storage.delete",
		Title:     "A mailbox is deleted, or another file",
		StandsFor: "a slip of an administrator or a user, a script with the wrong variable, a key that nobody has thought of",
		Mechanism: "the path and all that is below it are removed, after a copy of it was made beside the disk",
		Proof:     "on: what was kept is not there, looked for through the node's own mount; off: nothing is kept any more",
		Undo:      "unless it is to last: the copy is put back: content, permissions, owner, time of change. What arrived meanwhile stays beside it; a file that was made anew under an old name is replaced by the old one (Dovecot's index, which then finds the new mail)",
		Params: []Param{
			{Name: "path", Type: "string", Default: "(required)", Doc: "below the volume, for instance u1@drill.test/Maildir"},
			lasting,
		},
		New: newStorageDelete,
	}),
	volumeKind(Files, Kind{
		ID:        "storage.ransom",
		Title:     "Ransomware encrypts the mail",
		StandsFor: "an intruder with write access to the store",
		Mechanism: "one file after the other is encrypted in place (AES, with a key that nobody keeps), after a copy of it was made beside the disk; new mail too, until the fault ends",
		Proof:     "on: the hashes of files, read through the node's own mount, are not those of their copies; counted: files; off: no copy is kept any more",
		Undo:      "encryption ends, and, unless it is to last, each file is put back as it was when its turn came, also if the server has renamed it; what was not yet encrypted stays",
		Params: []Param{
			{Name: "rate", Type: "integer", Default: "10", Doc: "files a second, 1 to 10000"},
			lasting,
		},
		New: newStorageRansom,
	}),
}

// whyAKillIsNotAPowerCut is a paragraph of the page that [Document] writes.
const whyAKillIsNotAPowerCut = `
## Why a kill is not a power cut

` + "`kill -9`" + ` ends a process, and the kernel lives on. What the process has written is in the page cache, which belongs to the kernel: the next
process reads it as if nothing had happened, and the kernel writes it to the disk some 5 to 30 seconds later (` + "`dirty_writeback_centisecs`, `dirty_expire_centisecs`" + `,
and ` + "`commit=`" + ` of ext4(5)). So a kill, a crashed daemon or a removed container cannot lose what a server has acknowledged after write(2), and a test that
kills proves nothing of a server's durability. When the power goes, the page cache goes: what is left is what was forced to the disk by fsync(2), and what the
kernel happened to have written by then.

Measured on ext4, with ten messages acknowledged right before the fault, three times each: a power cut (` + "`storage.power-cut`" + `) takes messages from Dovecot with
` + "`mail_fsync=never`" + ` every time, and none from Dovecot with ` + "`mail_fsync=always`" + ` or from Postfix's queue, which is forced to the disk before the answer 250; a kill (` + "`node.crash`" + `) in its
place takes none from any of the three. The test is TestWhyAKillIsNotAPowerCut.
`
