import JSONCoding
import Messages
import WeCom

/// Asks WeCom what the app may see, and plans what the run reads (`wecom.md` §3.11).
struct RunPlanner: Sendable {
    let session: CorpSession
    let agent: AgentID
    let isCaseSensitive: Bool

    /// - Returns: The plan, and the departments' records that it speaks of.
    /// - Throws: ``RunFailure`` when WeCom does not show the range or the departments.
    @concurrent
    func plan(_ scope: SynchronizationScope) async throws -> (plan: RunPlan, list: DepartmentList) {
        let range = try await RangeReading(session: session, agent: agent, isCaseSensitive: isCaseSensitive).read()
        do {
            let list = try DepartmentList(await session.departmentList())
            let words = try await session.words(of: RunPlan.unlisted(in: list, range.range, scope))
            return (RunPlan(list, range: range, scope: scope, words: words), list)
        } catch let error as WeComError {
            throw error.consequence
        } catch is JSONError {
            throw RunFailure(.failed, "WeCom's list of departments is not of its form.")
        }
    }
}
