import Pipeline
import Runtime

/// Which dead letters are redriven or discarded, and why.
struct SettlingWish: Sendable {
    let selection: SetAsideSelection
    /// For the audit.
    let why: String
    /// Whether also those are redriven that were so too often.
    let isForced: Bool

    /// What is asked for.
    ///
    /// - Parameter canForce: Whether too often is a matter of it.
    static func rule(canForce: Bool) -> Rule<SettlingWish> {
        Form.object { form throws(Mistakes) -> SettlingWish? in
            let why = form.required("why", Rule<String>.title(1...500))
            var selection = SetAsideSelection()
            selection.ids = form.optional("ids", Rule<String>.text(1...300).list(upTo: 200)) ?? []
            selection.code = form.optional("reason", Rule<String>.text(1...200))
            selection.place = form.optional("place", Rule<String>.text(1...300))
            selection.tenant = form.optional("tenantID", Rule<String>.text(1...100))
            selection.identityProvider = form.optional("idpID", Rule<String>.text(1...100))
            let force = canForce ? form.optional("force", Rule<Bool>.boolean) : nil
            if selection.isOpen {
                form.add("Choose by ids, reason, place, tenantID or idpID: nothing means none.", to: "ids")
            }
            guard let why else { return nil }
            return SettlingWish(selection: selection, why: why, isForced: force ?? false)
        }
    }
}
