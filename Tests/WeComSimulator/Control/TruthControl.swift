import Hummingbird
import NIOCore

/// Tells what is so, to compare with what a client has made of it.
struct TruthControl: Sendable {
    private static let portion = 256

    let simulator: Simulator

    func addRoutes(to group: RouterGroup<SimulatorContext>) {
        group.get("corps/:corp/truth") { try truth($0, $1) }
        group.get("corps/:corp/users/:user/password") { _, context in
            let id = try context.parameters.require("user")
            guard let user = try simulator.corp(context).organisation.user(id) else {
                throw refusal(.notFound, "no user \(id)")
            }
            return Response.json(["account": .string(user.id), "password": .string(Account(ofUser: user.id).password)])
        }
        group.get("corps/:corp/sample-users") { try sample($0, $1) }
    }

    /// Everything that the application may see, rendered anew for this request, standard JSON throughout.
    private func truth(_ request: Request, _ context: SimulatorContext) throws -> Response {
        let corp = try simulator.corp(context)
        let key = try key(request, corp)
        let organisation = corp.organisation
        let departments = View(key, of: organisation).departments(in: organisation)
        let body = ResponseBody { writer in
            var json = JSONWriter(reserving: 1 << 16)
            json.begin("{")
            json.name("departments")
            json.array(departments.visible(below: nil).sorted { $0.id < $1.id }) { departments.writeTruth($1, to: &$0) }
            json.name("users")
            json.begin("[")
            for number in organisation.numbers {
                if let user = organisation.user(numbered: number), departments.people.visibility.includes(user) {
                    departments.people.write(user, to: &json)
                }
                if Int(number) % Self.portion == 0 { try await writer.write(json.takePortion()) }
            }
            json.end("]")
            json.end("}")
            try await writer.write(json.takePortion())
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/json; charset=UTF-8"], body: body)
    }

    private func key(_ request: Request, _ corp: Corp) throws -> ViewKey {
        guard let text = request.uri.queryParameters["agentID"] else {
            return ViewKey(range: .wholeCorp, fields: .all, parentOfRoots: .real)
        }
        guard let agent = Int(text).flatMap(corp.agent) else { throw refusal(.notFound, "no app \(text)") }
        return agent.viewKey
    }

    /// Active people, spread over the whole corp, with their passwords.
    private func sample(_ request: Request, _ context: SimulatorContext) throws -> Response {
        let count = request.uri.queryParameters.get("count", as: Int.self) ?? 10
        let organisation = try simulator.corp(context).organisation
        let step = max(1, organisation.numbers.count / max(1, count))
        var users: [JSON] = []
        var next: Int32 = 0
        for number in organisation.numbers where number >= next && users.count < count {
            guard let user = organisation.user(numbered: number), user.status == .active else { continue }
            next = number + Int32(step)
            users.append([
                "userid": .string(user.id), "name": .string(user.name), "departments": JSON(user.departments),
                "password": .string(Account(ofUser: user.id).password),
            ])
        }
        return .json(["users": .array(users)])
    }
}

extension DepartmentRendering {
    fileprivate func writeTruth(_ department: Department, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", department.id)
            writer.member("parentid", parent(of: department))
            if people.fields.contains(.departmentName) { writer.member("name", department.name) }
            writer.member("order", department.order)
            writer.member("leaders", people.visible(department.leaders))
        }
    }
}
