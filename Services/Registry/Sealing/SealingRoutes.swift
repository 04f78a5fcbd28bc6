import Hummingbird
import Messages
import Resealing
import Runtime

/// `sealing`: by which keys secrets rest sealed, and how all of them are sealed by another one.
struct SealingRoutes: Sendable {
    let ledger: Ledger
    let rotation: SealingRotation

    /// Adds the routes.
    func add(to group: RouterGroup<RegistryContext>) {
        group.get("sealing") { _, context in
            try context.caller.requireEverywhere(.owner)
            return try Response.json(try await rotation.status(), .ok)
        }
        group.post("sealing/rotation") { request, context in
            let caller = try context.caller
            try caller.requireEverywhere(.owner)
            let keyID = try await request.form(SealingRotation.form, context: context)
            let entry = AuditEntry("sealing-keys.rotated", "sealing-keys", UUIDv7.make(), of: nil, by: caller.actor)
                .with(["keyID": .string(keyID)])
            try await ledger.change { connection in
                try rotation.begin(keyID, by: caller.actor.name, on: connection)
                try entry.append(on: connection)
            }
            return try Response.json(try await rotation.status(), .accepted)
        }
    }
}
