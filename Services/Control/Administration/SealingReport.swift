import FoundationEssentials
import Runtime

/// What a service says of the keys that its secrets rest sealed by, as far as it is shown here.
struct SealingReport: Decodable {
    struct Rotation: Decodable {
        let keyID: String
        let startedAt: String
        let startedBy: String
        let doneAt: String?
    }

    struct Count: Decodable {
        let place: String
        let keyID: String
        let count: Int
    }

    struct Key: Decodable {
        let keyID: String
        let use: String
        let travelsUntil: String?
        let copies: Int
    }

    let copies: Int
    let rotation: Rotation?
    let secrets: [Count]
    let keys: [Key]

    init(_ json: JSON) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(try json.text.utf8))
    }

    /// How many secrets are sealed by another key than this one.
    func remaining(besides keyID: String) -> Int {
        secrets.filter { $0.keyID != keyID }.reduce(0) { $0 + $1.count }
    }

    /// Whether everything that a rotation to that key can do is done.
    func isDone(_ keyID: String) -> Bool { rotation?.keyID == keyID && rotation?.doneAt != nil }

    /// A line for each thing that is to be known.
    func lines(of service: String) -> [String] {
        var lines = ["\(service): \(copies) running"]
        if let rotation {
            let end = rotation.doneAt.map { "done since \($0)" } ?? "under way"
            lines.append(
                "  everything is to be sealed by \(rotation.keyID), asked for by \(rotation.startedBy) at "
                    + "\(rotation.startedAt): \(end)"
            )
        }
        for count in secrets {
            let key = count.keyID.isEmpty ? "of no readable form" : "sealed by \(count.keyID)"
            lines.append("  \(count.place): \(count.count) \(key)")
        }
        return lines + keys.map { "  key \($0.keyID): \($0.sentence(of: copies))" }
    }
}

extension SealingReport.Key {
    /// Whether it may be taken out, and why not.
    func sentence(of all: Int) -> String {
        switch use {
        case "current": "stays: everything is to be sealed by it"
        case "seals": "stays: it is the first of a running copy, which seals by it"
        case "rests" where copies == 0: "is lost: secrets rest sealed by it, and no copy has it"
        case "rests": "stays: secrets rest sealed by it"
        case "travels": "stays until \(travelsUntil ?? "later"): what browsers carry may be sealed by it"
        case "kept": "stays: no rotation to another key is done yet"
        default: copies > 0 ? "may be taken out of SEALING_KEYS; keep it with the backups of before" : "is not in use"
        }
    }
}
