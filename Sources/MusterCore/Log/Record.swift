// The byte form of an event: a record, and the identities it takes.
//
// A commit's body (see Commit.swift) has two parts, *records* and *identities*. Both are read from
// front to back. Numbers are little-endian, unsigned unless written i32 or i64; nothing is aligned.
//
//     record
//       u16  size of the record in bytes, this field included
//       u8   type, below
//       u8   version of the type's payload, 1
//       u8   flags: bit 0 a process caused it (else the daemon did); other bits are zero
//       u8   length of the command id, 0 to 64; 0 when there is none
//       u16  check of the command, 0 when there is no command id
//       i64  milliseconds since 1970-01-01T00:00:00Z, by the host's clock
//       if bit 0: u32 uid, u32 gid, i32 pid
//       the command id, [A-Za-z0-9._:-]
//       the payload, to the end of the record
//
//     text      u16 length, at most 4096, then UTF-8 without zero bytes
//     flag      u8, 0 or 1
//     x?        a flag, then x if it is 1
//     digest    32 bytes
//
//     type  payload
//      1  instance configured    u32 instance, text name (empty unless the event creates it), settings to the end
//      2  members added          u32 instance, u32 unchanged, u32 slots, u8 form of the slots (1 digest, 2 address)
//      3  members removed        as 2
//      4  sync requested         u32 instance, i64 date (days since 1970-01-01), u8 reason (1 schedule, 2 catch-up,
//                                3 manual, 4 approval, 5 retry, 6 credential changed), (u64 held run, u64 count)?
//      5  sync frozen            u64 run, u64 position, u64 count, u64 bytes, digest, u64 added, u64 removed, target
//      6  creation intended      u64 run
//      7  segment resolved       u64 run, u8 origin (1 created, 2 given, 3 found), text CrmDataId,
//                                text? FirstPartyDataId
//      8  drop opened            u64 run, text reference
//      9  upload started         u64 run, u32 attempt
//     10  uploaded               u64 run, u16 HTTP status, u64 bytes, text? request id
//     11  sync succeeded         u64 run
//     12  sync failed            u64 run, u8 class (1 rejected, 2 unauthorized, 3 unavailable, 4 stale, 5 erased,
//                                6 determinism), text detail
//     13  sync held              u64 run, u8 reason (1 shrink, 2 growth, 3 first replace, 4 duplicate segment,
//                                5 credential, 6 too large, 7 restored), text detail, u32? token fingerprint
//     14  sync skipped           u64 run, u8 reason (1 empty, 2 below minimum, 3 disabled), flag remote stale
//     15  drop status seen       u64 run, u16 HTTP status, text answer
//     16  tail repaired          u64 segment, u64 offset, u64 bytes, digest
//     17  log adopted            16 bytes new id of the log, u64 position up to which MARK or a snapshot said that the
//                                log had been durable, 0 where nothing did
//     18  instance retired      u32 instance, u64 members that left, which were all
//     19  erased                u32 entries, at most 4000, each: u32 instance, u64 position of a commit's first record,
//                                u32 slots of the instance that were zeroed in it
//     20  suppression changed   flag lifted, u32 people, at most 1500, each: u32 instance (0 for all), 32 bytes mark
//
//     target    text endpoint, text credential, text advertiser, text audience name, u8 region (1 US, 2 EU, 3 APAC),
//               u8 PII type (1 email, 2 hashedEmail), text? external audience id
//     settings  tagged fields: u8 tag, u16 length, that many bytes. Tags ascend, none twice, and a field that did not
//               change is absent. A value of no bytes clears a field marked *.
//                1 advertiser id, UTF-8          7 external audience id *, UTF-8
//                2 audience name, UTF-8          8 enabled, flag
//                3 region, u8                    9 schedule *, u8 hour, u8 minute, then the zone's name, UTF-8
//                4 PII type, u8                 10 minimum members, u32
//                5 credential, UTF-8            11 thresholds: u32 shrink members, u32 shrink
//                6 endpoint, UTF-8                 percent, u32 growth factor
//
// Identities: 16 bytes of salt, then the slots of all records in order; a record of type 2 or 3
// takes the next `slots` of them. A commit whose records take none has an empty identities part,
// without salt.
//
//     digest slot    32 bytes
//     address slot   u16 length, 1 to 254, then the normalised address, UTF-8
//
// A slot whose bytes (an address slot's length apart) are all zero was erased: a reader skips it,
// and the record names that many people fewer.
//
// A reader must refuse, as written by a newer version, an unknown type, version, flag, tag or value
// of a numbered choice. Anything else that does not fit, a part that is not used up included, is
// damage.

/// The constants of the record format.
package enum RecordFormat {
    /// The most bytes of a text.
    package static let textLimit = 4096
    static let version: UInt8 = 1
    static let headerSize = 16
    static let saltSize = 16
    static let causedByPeer: UInt8 = 1
}

/// The two forms of identity slots.
enum SlotForm: UInt8 {
    case digest = 1
    case address = 2
}
