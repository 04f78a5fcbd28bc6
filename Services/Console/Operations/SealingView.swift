import Web

/// By which keys all services' secrets rest sealed, as the page shows it.
struct SealingView: Sendable {
    struct Service: Sendable {
        let label: String
        let copies: String
        let rotation: Rotation?
        let places: [Place]
        let keys: [Key]
    }

    struct Rotation: Sendable {
        let keyID: String
        let by: String
        let since: Moment
        let standing: Badge
        let remaining: String
    }

    struct Place: Sendable {
        let name: String
        let keyID: String
        let count: String
    }

    struct Key: Sendable {
        let keyID: String
        let use: String
        let until: Moment?
    }

    let services: [Service]
    /// To which key a rotation can be begun.
    let choices: [Choice]
    let canRotate: Bool

    init(_ registry: SealingState, _ verifier: SealingState, _ visit: Visit) {
        services = [
            Self.service("sealing.registry", registry, visit), Self.service("sealing.verifier", verifier, visit),
        ]
        choices = registry.common.intersection(verifier.common).sorted().map { key in
            Choice(value: key, label: key, isChosen: key == visit.form["keyID"])
        }
        canRotate = choices.count > 1
    }

    private static func service(_ label: String, _ state: SealingState, _ visit: Visit) -> Service {
        let texts = visit.texts
        return Service(
            label: texts[label],
            copies: texts.counted("sealing.copies", state.copies),
            rotation: state.rotation.map { rotation($0, state, visit) },
            places: state.secrets.map { secret in
                Place(name: secret.place, keyID: secret.keyID, count: texts.number(secret.count))
            },
            keys: state.keys.map { key in
                Key(
                    keyID: key.keyID,
                    use: texts.find("sealing.use_\(key.use)") ?? key.use,
                    until: key.travelsUntil.map { Moment($0, visit) }
                )
            }
        )
    }

    private static func rotation(_ rotation: SealingState.Rotation, _ state: SealingState, _ visit: Visit) -> Rotation {
        let texts = visit.texts
        let remaining = state.secrets.filter { $0.keyID != rotation.keyID }.reduce(0) { $0 + $1.count }
        return Rotation(
            keyID: rotation.keyID,
            by: rotation.startedBy,
            since: Moment(rotation.startedAt, visit),
            standing: rotation.doneAt == nil
                ? Badge(texts["sealing.underWay"], .busy) : Badge(texts["sealing.done"], .good),
            remaining: texts.counted("sealing.remaining", remaining)
        )
    }
}
