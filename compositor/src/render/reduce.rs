//! Textures with fewer pixels, for pictures that are much smaller than what they show.
//!
//! A renderer mixes a pixel of the four that lie nearest to it. Made smaller by more than a half, a
//! picture would lose the rest, and text would be noise. So it is halved as often as need be, which
//! mixes all four of each square, and drawn from the last half. What was halved is kept until it
//! changes, and for as long as something is pictured.

use std::collections::HashMap;

use smithay::backend::allocator::Fourcc;
use smithay::backend::renderer::element::Id;
use smithay::backend::renderer::gles::{GlesRenderer, GlesTexture};
use smithay::backend::renderer::pixman::PixmanRenderer;
use smithay::backend::renderer::utils::CommitCounter;
use smithay::backend::renderer::{Bind, Color32F, Frame, Offscreen, Renderer, Texture};
use smithay::reexports::pixman::Image;
use smithay::utils::{Buffer, Physical, Rectangle, Size, Transform};
use tracing::warn;

use super::scaled::Reduced;

/// So many textures are kept at most: beyond that all begin anew.
const MOST: usize = 1024;
/// Nothing is halved more often.
const DEEPEST: u32 = 6;

/// A renderer that can draw into a texture of its own.
pub(crate) trait Halve: Renderer {
    /// A texture of half as many pixels along each axis.
    fn halved(&mut self, texture: &Self::TextureId) -> Result<Self::TextureId, Self::Error>;
}

impl Halve for PixmanRenderer {
    fn halved(&mut self, texture: &Self::TextureId) -> Result<Self::TextureId, Self::Error> {
        halved::<_, Image<'static, 'static>>(self, texture).map(Into::into)
    }
}

impl Halve for GlesRenderer {
    fn halved(&mut self, texture: &Self::TextureId) -> Result<Self::TextureId, Self::Error> {
        halved::<_, GlesTexture>(self, texture)
    }
}

fn halved<R, T>(renderer: &mut R, texture: &R::TextureId) -> Result<T, R::Error>
where
    R: Renderer + Bind<T> + Offscreen<T>,
{
    let size = texture.size();
    let half = |side: i32| (side - side / 2).max(1);
    let (w, h) = (half(size.w), half(size.h));
    let mut target = renderer.create_buffer(Fourcc::Argb8888, (w, h).into())?;
    let onto: Size<i32, Physical> = (w, h).into();
    let whole = Rectangle::from_size(onto);
    {
        let mut bound = renderer.bind(&mut target)?;
        let mut frame = renderer.render(&mut bound, onto, Transform::Normal)?;
        frame.clear(Color32F::TRANSPARENT, &[whole])?;
        let src = Rectangle::from_size(size).to_f64();
        frame.render_texture_from_to(texture, src, whole, &[whole], &[], Transform::Normal, 1.0)?;
        let _ = frame.finish()?;
    }
    Ok(target)
}

/// How often something is halved that is made smaller by a ratio: it is then drawn at half its size or
/// more.
fn depth(ratio: f64) -> u32 {
    let mut depth = 0;
    let mut left = ratio;
    while left > 0.0 && left <= 0.5 && depth < DEEPEST {
        left *= 2.0;
        depth += 1;
    }
    depth
}

/// The textures that were halved, by what they show and how often.
pub(super) struct Halves<R: Renderer> {
    kept: HashMap<(Id, u32), (CommitCounter, R::TextureId)>,
}

impl<R: Renderer> Default for Halves<R> {
    fn default() -> Self {
        Self {
            kept: HashMap::new(),
        }
    }
}

impl<R> Halves<R>
where
    R: Halve,
    R::TextureId: Clone,
{
    /// What to draw instead of a texture where that is made smaller by `ratio`; `None`: itself.
    pub(super) fn of(
        &mut self,
        renderer: &mut R,
        (id, commit): (&Id, CommitCounter),
        texture: &R::TextureId,
        ratio: f64,
    ) -> Option<Reduced<R::TextureId>> {
        let depth = depth(ratio);
        if depth == 0 {
            return None;
        }
        if self.kept.len() > MOST {
            self.kept.clear();
        }
        let known = (1..=depth).rev().find_map(|deep| {
            let (made, kept) = self.kept.get(&(id.clone(), deep))?;
            (*made == commit).then(|| (deep, kept.clone()))
        });
        let (deep, mut reduced) = known.unwrap_or((0, texture.clone()));
        for _ in deep..depth {
            reduced = renderer
                .halved(&reduced)
                .inspect_err(|error| warn!("a picture was not made smaller: {error}"))
                .ok()?;
        }
        self.kept
            .insert((id.clone(), depth), (commit, reduced.clone()));
        let (from, to): (Size<i32, Buffer>, Size<i32, Buffer>) = (texture.size(), reduced.size());
        let share = |to: i32, from: i32| f64::from(to) / f64::from(from.max(1));
        Some(Reduced {
            share: (share(to.w, from.w), share(to.h, from.h)).into(),
            texture: reduced,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_to_the_renderer_is_half_or_more() {
        for (ratio, often) in [
            (1.5, 0),
            (1.0, 0),
            (0.51, 0),
            (0.5, 1),
            (0.3, 1),
            (0.25, 2),
            (0.06, 4),
            (0.0, 0),
        ] {
            assert_eq!(depth(ratio), often, "{ratio}");
        }
        assert_eq!(depth(1e-9), DEEPEST);
    }
}
