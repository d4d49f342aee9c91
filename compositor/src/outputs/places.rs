//! Where outputs lie beside each other.

use smithay::utils::{Logical, Point, Size};

/// Where an output was put, if it was, and its size.
pub(super) type Placed = (Option<Point<i32, Logical>>, Size<i32, Logical>);

/// The places of outputs in the plane: those that were put somewhere lie there, the others follow to
/// the right of all before them, in order.
pub(super) fn places(outputs: &[Placed]) -> Vec<Point<i32, Logical>> {
    let put = outputs
        .iter()
        .filter_map(|(place, size)| Some(place.as_ref()?.x + size.w));
    let mut free = put.max().unwrap_or(0);
    let mut place = |(place, size): &Placed| {
        place.unwrap_or_else(|| {
            let here = Point::from((free, 0));
            free += size.w;
            here
        })
    };
    outputs.iter().map(&mut place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Given = (Option<(i32, i32)>, (i32, i32));

    fn placed(outputs: &[Given]) -> Vec<(i32, i32)> {
        let given: Vec<_> = outputs
            .iter()
            .map(|(place, size)| (place.map(Point::from), Size::from(*size)))
            .collect();
        places(&given).into_iter().map(|at| (at.x, at.y)).collect()
    }

    #[test]
    fn outputs_that_nobody_placed_lie_side_by_side() {
        let two = [(None, (800, 600)), (None, (640, 480)), (None, (100, 100))];
        assert_eq!(placed(&two), [(0, 0), (800, 0), (1440, 0)]);
    }

    #[test]
    fn they_lie_to_the_right_of_those_that_somebody_did() {
        let outputs = [
            (None, (800, 600)),
            (Some((-200, 50)), (640, 480)),
            (None, (10, 10)),
        ];
        assert_eq!(placed(&outputs), [(440, 0), (-200, 50), (1240, 0)]);
        assert_eq!(
            placed(&[(Some((-900, 0)), (640, 480)), (None, (9, 9))]),
            [(-900, 0), (-260, 0)]
        );
        assert!(placed(&[]).is_empty());
    }
}
