import Foundation

extension Double {
    /// The number with so many places behind the point, for results that are read by people, too.
    func rounded(toPlaces places: Int) -> Double {
        let factor = pow(10, Double(places))
        return (self * factor).rounded() / factor
    }
}
