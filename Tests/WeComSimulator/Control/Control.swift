import FoundationEssentials
import Hummingbird
import NIOCore

/// The API by which tests rule this WeCom, under `/control`. It answers JSON and, unlike WeCom, true HTTP statuses.
///
/// | call | body or query |
/// |---|---|
/// | `POST corps`, `GET corps`, `GET\|DELETE corps/{c}` | `corpID`?, `name`?, `users`, `departments`, `seed`, `ownApps`? |
/// | `POST corps/{c}/expire-tokens` | |
/// | `PUT corps/{c}/visible-range` | `agentID`?, `departments`?, `users`?, `tags`? |
/// | `GET\|PUT corps/{c}/apps/{agentID}` | `redirectDomain`, `closed`, `permissions`, `publishStatus`, `parentOfRoots`, `secret`, `trustedAddresses` |
/// | `POST corps/{c}/changes` | `update`, `remove`, `add`, `move`, `seed` |
/// | `PUT\|DELETE corps/{c}/users/{userid}` | fields of `user/get`, `employee_number`; null takes a key away |
/// | `PUT\|DELETE corps/{c}/departments/{id}` | `name`, `parentid`, `order`, `leaders` |
/// | `GET corps/{c}/truth` | `?agentID=` |
/// | `GET corps/{c}/users/{userid}/password`, `GET corps/{c}/sample-users` | `?count=` |
/// | `POST corps/{c}/sign-in-codes` | `userid` or `openid`, `agentID`?, `scope`? |
/// | `POST corps/{c}/cancel-authorization`, `…/change-authorization`, `…/reset-permanent-code` | `templateID`? |
/// | `POST provider` | `corpID`, `secret`, `templateID`, `templateSecret`, `callbackURL`, `dataCallbackURL`?, `token`, `encodingAESKey`, `ticketSeconds`?, `publishStatus`? |
/// | `POST provider/ticket`, `POST provider/verify` | `templateID`? |
/// | `POST send-callback` | `kind` of ``Forgery`` |
/// | `PUT events` | `envelope` (`data`, `suite` or null), `json`?, `copies`?, `lose`?, `held`? |
/// | `POST events/release` | `reversed`? |
/// | `POST corps/{c}/events` | `changeType`?, `event`?, `sender`?, `fields`, `envelope`?, `json`?, `copies`?, `forged`? |
/// | `PUT corps/{c}/tags/{id}` | `name`?, `users`?, `departments`? |
/// | `POST\|GET\|DELETE faults`, `DELETE faults/{id}` | `path` (or `*`), `kind`, `corpID`?, `departmentID`?, `parameters`?, `change`? (of ``OrganisationChange``), `code`?, `status`?, `times`?, `seconds`? (of delay), `forSeconds`? (then it ends), `afterCalls`? |
/// | `GET\|DELETE statistics` | |
/// | `GET corps/{c}/messages` | |
/// | `PUT limits` | `callsPerMinute`?, `windowSeconds`?, `concurrency`?, `corpID`? |
/// | `PUT lifetimes` | seconds, by the names of ``Lifetimes`` |
/// | `POST clock` | `advanceSeconds` |
struct Control: Sendable {
    let simulator: Simulator

    func addRoutes(to router: Router<SimulatorContext>) {
        let control = router.group("control")
        CorpControl(simulator: simulator).addRoutes(to: control)
        AgentControl(simulator: simulator).addRoutes(to: control)
        ChangeControl(simulator: simulator).addRoutes(to: control)
        TruthControl(simulator: simulator).addRoutes(to: control)
        ProviderControl(simulator: simulator).addRoutes(to: control)
        AuthorizationControl(simulator: simulator).addRoutes(to: control)
        EventControl(simulator: simulator).addRoutes(to: control)
        FaultControl(simulator: simulator).addRoutes(to: control)
        SignInControl(simulator: simulator).addRoutes(to: control)
        MessageControl(simulator: simulator).addRoutes(to: control)
    }
}

/// A refusal of the control API.
func refusal(_ status: HTTPResponse.Status, _ text: String) -> HTTPError { HTTPError(status, message: text) }

extension Request {
    /// The JSON object of the body, `{}` where there is no body.
    func json() async throws -> JSON {
        let body = try await body.collect(upTo: 1 << 20)
        guard body.readableBytes > 0 else { return .object([]) }
        guard let json = try? JSONDecoder().decode(JSON.self, from: Data(body.readableBytesView)), case .object = json
        else { throw refusal(.badRequest, "the body must be a JSON object") }
        return json
    }
}

extension JSON {
    func required(_ name: String) throws -> String {
        guard let text = self[name]?.text, !text.isEmpty else {
            throw refusal(.badRequest, "the field \(name) must be a text that is not empty")
        }
        return text
    }

    func count(_ name: String, default value: Int) throws -> Int {
        guard let field = self[name], field != .null else { return value }
        guard let count = field.integer, count >= 0 else {
            throw refusal(.badRequest, "the field \(name) must be a whole number, 0 or more")
        }
        return count
    }
}

extension Simulator {
    /// The corp that the path names, 404 where there is none.
    func corp(_ context: SimulatorContext) throws -> Corp {
        let id = try context.parameters.require("corp")
        guard let corp = corps.corp(id) else { throw refusal(.notFound, "no corp \(id)") }
        return corp
    }
}

extension Response {
    static func json(_ json: JSON, status: HTTPResponse.Status = .ok) -> Response {
        Gateway.json(json.bytes, status: status)
    }
}
