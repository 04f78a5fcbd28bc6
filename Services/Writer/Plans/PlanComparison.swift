import FoundationEssentials
import Messages
import Postgres

/// Compares what a run would do with the plan that it was to carry out, object by object.
///
/// Whose records could not be taken is in a plan, and makes no difference: nothing becomes of them.
struct PlanComparison {
    let identityProvider: UUID
    /// The run that made the plan.
    let plan: Epoch?
    /// The run that was to carry it out.
    let found: Epoch

    /// The objects that differ, as `planned` and `found`, of `kind` and `object`.
    ///
    /// - Parameter condition: Which rows of `directory.plan_objects` are compared.
    func different(where condition: SQL = "true") -> SQL {
        """
        from (
            select * from plan_objects
            where idp_id = \(identityProvider) and epoch = \(plan?.rawValue) and change <> 'rejected' and \(condition)
        ) planned full join (
            select * from plan_objects
            where idp_id = \(identityProvider) and epoch = \(found.rawValue) and change <> 'rejected' and \(condition)
        ) found using (kind, object)
        where (planned.change, planned.reason, planned.hold, planned.before, planned.after)
            is distinct from (found.change, found.reason, found.hold, found.before, found.after)
        """
    }
}
