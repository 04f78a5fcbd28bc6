import Postgres
import SuiteTesting

extension Healing {
    /// What had to become of those who came for one fault.
    func judgeGuests() async {
        for guest in field.guests.take() {
            switch guest {
            case .deleted(let tenant): await judge(deleted: tenant)
            case .reconnected(let tenant): await judge(reconnected: tenant)
            }
        }
    }

    private func judge(deleted tenant: ConnectedTenant) async {
        let provider = tenant.provider.id
        await note(.keptLeavers, "the deleted \(provider)") {
            _ = try await waitFor("the end of all access", within: Self.patience) {
                let left = try await field.suite.count(
                    """
                    select (select count(*) from directory.users where idp_id = \(provider)::uuid and removed_at is null)
                        + (select count(*) from verifier.principals where idp_id = \(provider)::uuid and enabled)
                    """
                )
                return left == 0 ? true : nil
            }
        }
    }

    private func judge(reconnected tenant: ConnectedTenant) async {
        let subject = "the reconnected \(tenant.provider.id)"
        await note(.stuck, subject) { try await succeed(tenant, subject) }
        await note(.unhealed, subject) {
            for difference in try await field.suite.differences(of: tenant) { tell(difference, of: subject) }
            try await field.suite.waitForPrincipals(of: tenant)
        }
    }
}
