import Web

/// The keys that sign tokens.
struct SigningKeyList: Sendable {
    struct Row: Sendable {
        let id: String
        let algorithm: String
        let standing: Badge
        let createdAt: Moment
        let signsAt: Moment
    }

    let rows: [Row]

    init(_ keys: [SigningKey], _ visit: Visit) {
        let tones: [String: Badge.Tone] = ["signing": .good, "published": .busy]
        rows = keys.map { key in
            Row(
                id: key.id,
                algorithm: key.algorithm,
                standing: Badge(visit.texts["signing.\(key.phase)"], tones[key.phase] ?? .quiet),
                createdAt: Moment(key.createdAt, visit),
                signsAt: Moment(key.signsAt, visit)
            )
        }
    }
}
