import Foundation
import Messages
import SuiteTesting

/// All that is attacked: a suite with several copies of each service, its tenants, the servers under it.
struct Field: Sendable {
    static let people = 24
    static let departments = 5

    let suite: Suite
    let copies: [Copy]
    let tenants: [ConnectedTenant]
    let servers: Servers
    let supervisor: Supervisor
    let presence: Presence
    let forgers: Forgers
    let incarnation: Incarnation
    let sessions: Sessions
    let breaches: BreachBook
    let poisoned = PositionBook()
    let guests = GuestBook()
    let leavers = LeaverBook()

    /// How long a caller waits whose service may stand still.
    private static let patience = Duration.seconds(15)

    /// A copy of the registry, as administrators reach it.
    func registry(_ number: Int) -> Registry {
        let address = copy(.registry, number).process.address ?? ""
        return Registry(address, key: suite.registry.client.bearer ?? "", patience: Self.patience)
    }

    /// A copy of the verifier, as employees reach it.
    func employee(_ number: Int) -> Employee {
        let address = copy(.verifier, number).process.address ?? ""
        return Employee(verifier: address, redirectURI: suite.employee.redirectURI, patience: Self.patience)
    }

    /// The same for questions that the watch cannot wait for.
    func prober(_ number: Int) -> Employee {
        let address = copy(.verifier, number).process.address ?? ""
        return Employee(verifier: address, redirectURI: suite.employee.redirectURI, patience: .seconds(1))
    }

    func copy(_ victim: Victim) -> Copy {
        guard let copy = copies.first(where: { $0.victim == victim }) else {
            preconditionFailure("\(victim) is none of the copies")
        }
        return copy
    }

    func copy(_ service: Suite.Service, _ number: Int) -> Copy { copy(Victim(service: service, copy: number)) }

    func copies(of service: Suite.Service) -> [Copy] { copies.filter { $0.victim.service == service } }
}
