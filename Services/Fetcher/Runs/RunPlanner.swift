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
        do {
            let agent = try await session.agent(agent)
            guard !agent.isClosed else {
                throw RunFailure(
                    .failed,
                    "The app is disabled in WeCom. What to do: enable it in the WeCom admin console."
                )
            }
            let (tags, shortcomings) = try await tags(agent.tagIDs)
            let range = VisibleRange(agent, tags: tags, isCaseSensitive: isCaseSensitive)
            let list = try DepartmentList(await session.departmentList())
            return (RunPlan(list, range: range, scope: scope, shortcomings: shortcomings), list)
        } catch let error as WeComError {
            throw RunFailure(error)
        } catch is JSONError {
            throw RunFailure(.failed, "WeCom's list of departments is not of its form.")
        }
    }

    /// The tags that can be read, and a sentence for each that cannot.
    private func tags(_ ids: [Int64]) async throws -> ([Tag], [String]) {
        var tags: [Tag] = []
        var shortcomings: [String] = []
        for id in ids {
            do {
                tags.append(try await session.tag(id))
            } catch let error as WeComError where error.reaction == .skip {
                shortcomings.append("Tag \(id) could not be read: \(error.cause).")
            }
        }
        return (tags, shortcomings)
    }
}
