import Hummingbird

/// Changes people and departments: many at random, or one precisely.
struct ChangeControl: Sendable {
    let simulator: Simulator

    func addRoutes(to group: RouterGroup<SimulatorContext>) {
        group.post("corps/:corp/changes") { try await change($0, $1) }
        group.put("corps/:corp/users/:user") { try await putUser($0, $1) }
        group.delete("corps/:corp/users/:user") { try await removeUser($0, $1) }
        group.put("corps/:corp/users/:user/userid") { try await renameUser($0, $1) }
        group.put("corps/:corp/departments/:department") { try await putDepartment($0, $1) }
        group.delete("corps/:corp/departments/:department") { try await removeDepartment($0, $1) }
    }

    private func change(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let corp = try simulator.corp(context)
        let fields = try await request.json()
        let order = RandomChanges(
            update: try fields.count("update", default: 0),
            remove: try fields.count("remove", default: 0),
            add: try fields.count("add", default: 0),
            move: try fields.count("move", default: 0),
            seed: UInt64(bitPattern: Int64(fields["seed"]?.integer ?? 1))
        )
        let changed = corp.withState { order.apply(to: &$0) }
        let sent = await simulator.tell(events(of: changed, in: corp.organisation), of: corp)
        return .json([
            "updated": JSON(changed.updated), "removed": JSON(changed.removed), "added": JSON(changed.added),
            "moved": JSON(changed.moved), "events": .integer(sent),
        ])
    }

    private func events(of changed: RandomChanges.Changed, in organisation: Organisation) -> [ContactEvent] {
        let updated = (changed.updated + changed.moved).map { ("update_user", $0) }
        let (removed, added) = (changed.removed.map { ("delete_user", $0) }, changed.added.map { ("create_user", $0) })
        return (updated + removed + added).map { ContactEvent.user($0, $1, after: organisation.user($1)) }
    }

    /// The fields that are given, by WeCom's names; null takes a key away, a new user needs `department`.
    private func putUser(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let corp = try simulator.corp(context)
        let id = try context.parameters.require("user")
        let fields = try await request.json()
        guard UserEndpoints.isWellFormed(id) else { throw refusal(.badRequest, "\(id) cannot be a userid") }
        let event = try corp.withState { state in
            let before = state.organisation.user(id)
            let user = try UserChange(fields).applied(to: before, id: id, in: state.organisation)
            state.organisation.put(user)
            state.forgetPeople(of: (before?.departments ?? []) + user.departments)
            return ContactEvent.user(before == nil ? "create_user" : "update_user", id, before: before, after: user)
        }
        return .json(["userid": .string(id), "events": .integer(await simulator.tell([event], of: corp))])
    }

    /// Gives a user another id: `userid`.
    private func renameUser(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let corp = try simulator.corp(context)
        let id = try context.parameters.require("user")
        let new = try await request.json()["userid"]?.text ?? ""
        guard UserEndpoints.isWellFormed(new) else { throw refusal(.badRequest, "give the new userid as \"userid\"") }
        let event = try corp.withState { state in
            guard let user = state.organisation.user(id) else { throw refusal(.notFound, "no user \(id)") }
            guard state.organisation.user(new) == nil else { throw refusal(.conflict, "there is a user \(new)") }
            let renamed = state.organisation.rename(user, to: new)
            state.forgetEverything()
            return ContactEvent.user("update_user", user.id, before: user, after: renamed, newID: new)
        }
        return .json(["userid": .string(new), "events": .integer(await simulator.tell([event], of: corp))])
    }

    private func removeUser(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let corp = try simulator.corp(context)
        let id = try context.parameters.require("user")
        let event = try corp.withState { state in
            guard let user = state.organisation.user(id) else { throw refusal(.notFound, "no user \(id)") }
            state.organisation.removeUser(user)
            state.forgetEverything()
            return ContactEvent.user("delete_user", user.id, before: user)
        }
        return .json(["userid": .string(id), "events": .integer(await simulator.tell([event], of: corp))])
    }

    /// The fields that are given: `name`, `parentid`, `order`, `leaders`; a new department needs a `name`.
    private func putDepartment(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let corp = try simulator.corp(context)
        let id = try context.parameters.require("department", as: Int.self)
        let fields = try await request.json()
        let event = try corp.withState { state in
            let before = state.organisation.departments[id]
            let parentID = fields["parentid"]?.integer ?? before?.parentID ?? Department.rootID
            guard id == Department.rootID || state.organisation.departments[parentID] != nil else {
                throw refusal(.badRequest, "no department \(parentID) to be the parent")
            }
            guard !state.organisation.subtree(of: id).contains(parentID) else {
                throw refusal(.badRequest, "a department cannot be below itself")
            }
            guard let name = fields["name"]?.text ?? before?.name else {
                throw refusal(.badRequest, "a name is needed")
            }
            state.organisation.put(
                Department(
                    id: id,
                    parentID: parentID,
                    name: name,
                    order: fields["order"]?.integer ?? before?.order ?? 0,
                    leaders: fields["leaders"]?.texts ?? before?.leaders ?? []
                )
            )
            state.forgetEverything()
            return ContactEvent.department(before == nil ? "create_party" : "update_party", id, parent: parentID)
        }
        return .json(["id": .integer(id), "events": .integer(await simulator.tell([event], of: corp))])
    }

    private func removeDepartment(_ request: Request, _ context: SimulatorContext) async throws -> Response {
        let corp = try simulator.corp(context)
        let id = try context.parameters.require("department", as: Int.self)
        let event = try corp.withState { state in
            let organisation = state.organisation
            guard let department = organisation.departments[id] else { throw refusal(.notFound, "no department \(id)") }
            guard id != Department.rootID, organisation.children(of: id).isEmpty, organisation.memberCount(of: id) == 0
            else { throw refusal(.conflict, "department \(id) still has people or departments in it") }
            state.organisation.removeDepartment(id)
            state.forgetEverything()
            return ContactEvent.department("delete_party", id, parent: department.parentID)
        }
        return .json(["id": .integer(id), "events": .integer(await simulator.tell([event], of: corp))])
    }
}
